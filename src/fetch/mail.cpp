#include "fetch/mail.hpp"

#include <algorithm>

#include "fetch/control_characters.hpp"

namespace zvonok::fetch {
namespace {

bool is_address(std::string_view text) {
  return !text.empty() && !has_control_character(text) && text.find_first_of("<> ") == text.npos;
}

bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

std::string_view mail_problem(const Mail& mail) {
  if (!is_address(mail.from) || !is_address(mail.to))
    return "was not asked: an address of the message is none";
  if (!is_host(mail.greeting)) return "was not asked: there is no name to greet it with";
  return {};
}

}  // namespace zvonok::fetch
