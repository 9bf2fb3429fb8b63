#include "accounts/email.hpp"

#include <algorithm>
#include <string>

#include "accounts/text.hpp"

namespace zvonok::accounts {
namespace {

using base::Unexpected;

constexpr AddressProblem kNoEmail = "This is not an e-mail address.";

bool is_label_character(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c >= 0x80;
}

// RFC 1035 section 2.3.1, and names in UTF-8 (RFC 5890); an address literal is for machines.
bool is_domain(std::string_view domain) {
  if (domain.size() > 253 || domain.find('.') == std::string_view::npos) return false;
  while (true) {
    const auto label = domain.substr(0, domain.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (!std::ranges::all_of(label, [](char c) { return is_label_character(static_cast<unsigned char>(c)); }))
      return false;
    if (label.size() == domain.size()) return true;
    domain.remove_prefix(label.size() + 1);
  }
}

// RFC 5321 section 4.1.2, Dot-string; RFC 6531 lets UTF-8 in.
bool is_local_part(std::string_view local) {
  // But for % and !, by which old mail servers relay: a%elsewhere@here is not somebody here.
  constexpr std::string_view kSpecial = "#$&'*+-/=?^_`{|}~.";
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(local, [kSpecial](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter =
        (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    return letter || byte >= 0x80 || kSpecial.find(c) != std::string_view::npos;
  });
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

base::Result<Address, AddressProblem> parse_email(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 254) return Unexpected{kNoEmail};
  const auto decoded = decode_utf8(text);
  if (!decoded || std::ranges::any_of(*decoded, [](char32_t c) { return is_blank(c) || is_control(c); }))
    return Unexpected{kNoEmail};
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || !is_local_part(text.substr(0, at))) return Unexpected{kNoEmail};
  std::string domain(text.substr(at + 1));
  for (char& c : domain)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (!is_domain(domain)) return Unexpected{kNoEmail};
  return Address{ports::AddressKind::kEmail, std::string(text.substr(0, at + 1)) + domain};
}

}  // namespace zvonok::accounts
