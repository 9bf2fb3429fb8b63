#include "http/request.hpp"

#include <algorithm>
#include <utility>

#include "base/host_port.hpp"

namespace zvonok::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool list_holds(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (equal_ignoring_case(trimmed(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::string_view Request::header(std::string_view name) const {
  for (const Header& h : headers) {
    if (equal_ignoring_case(h.name, name)) return h.value;
  }
  return {};
}

bool Request::has_header(std::string_view name) const {
  return std::ranges::any_of(headers, [&](const Header& h) { return equal_ignoring_case(h.name, name); });
}

std::string Request::joined_header(std::string_view name) const {
  std::string joined;
  bool first = true;
  for (const Header& h : headers) {
    if (!equal_ignoring_case(h.name, name)) continue;
    if (!std::exchange(first, false)) joined += ", ";
    joined += h.value;
  }
  return joined;
}

TargetParts split_target(std::string_view target) {
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos && !target.starts_with('/')) {
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  const auto question = target.find('?');
  if (question == std::string_view::npos) return {target, {}};
  return {target.substr(0, question), target.substr(question + 1)};
}

bool names_an_address(const Request& request) {
  const auto host = request.header("Host");
  const auto name = base::split_host_port(host).host;
  return host.empty() || equal_ignoring_case(name, "localhost") || base::IpAddress::parse(name).has_value();
}

}  // namespace zvonok::http
