#include "turn/urls.hpp"

#include <algorithm>

#include "base/host_port.hpp"
#include "base/ip_address.hpp"

namespace zvonok::turn {
namespace {

constexpr std::string_view kShape =
    "a STUN or TURN URL such as turn:turn.example.com:3478?transport=udp or stun:turn.example.com";

bool is_host(std::string_view host) {
  if (!host.starts_with('[')) return is_host_name(host);
  return host.ends_with(']') && base::IpAddress::parse(host).has_value();
}

bool is_host_and_port(std::string_view text) {
  const auto [host, port] = base::split_host_port(text);
  return is_host(host) && (!port || base::parse_port(*port));
}

}  // namespace

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.front() == '-' || text.front() == '.') return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::string_view url_problem(std::string_view url) {
  const auto colon = url.find(':');
  const auto scheme = url.substr(0, colon);
  const bool stun = scheme == "stun" || scheme == "stuns";
  if (colon == std::string_view::npos || (!stun && scheme != "turn" && scheme != "turns")) return kShape;
  const auto rest = url.substr(colon + 1);
  const auto question = rest.find('?');
  if (!is_host_and_port(rest.substr(0, question))) return kShape;
  if (question == std::string_view::npos) return {};
  if (stun) return "without a query when it is a stun URL: browsers throw";
  const auto query = rest.substr(question + 1);
  return query == "transport=udp" || query == "transport=tcp" ? std::string_view() : kShape;
}

std::vector<std::string> urls_of(const RelayAddress& relay) {
  const auto address = base::IpAddress::parse(relay.host);
  const auto host = address && !address->is_v4() ? "[" + address->to_string() + "]" : relay.host;
  const auto place = host + ":" + std::to_string(relay.port);
  std::vector<std::string> urls{"stun:" + place, "turn:" + place + "?transport=udp",
                                "turn:" + place + "?transport=tcp"};
  if (relay.tls_port != 0)
    urls.push_back("turns:" + host + ":" + std::to_string(relay.tls_port) + "?transport=tcp");
  return urls;
}

}  // namespace zvonok::turn
