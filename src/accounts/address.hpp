// Phone numbers and e-mail addresses as people type them, made into the one form by which somebody is known.
// Whoever reads too much into a number logs one person in as another: what is ambiguous is refused.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/code_sender.hpp"

namespace zvonok::accounts {

struct Address {
  ports::AddressKind kind;
  std::string text;  // canonical

  bool operator==(const Address&) const = default;
};

/// Why it is no address, as a sentence for the person who typed it.
using AddressProblem = std::string_view;

/// To E.164 ("+" and 8 to 15 digits). Takes the separators and digits of all habits: blanks, dashes, dots and
/// brackets, full-width and Arabic digits, 00 in place of +, and the trunk prefix in brackets of +44 (0)20. A
/// number without its country, such as 8 999 …, needs `default_country` (ISO 3166-1: "RU"; empty: none).
base::Result<Address, AddressProblem> parse_phone(std::string_view text, std::string_view default_country);

/// Whether national forms of that country are known.
bool is_known_country(std::string_view country);

/// `local@domain` of RFC 5321 in ASCII or UTF-8, of at most 254 bytes, without quotes and comments; the
/// domain in lower case, the local part as it is, since only its host may say that two of them are one.
base::Result<Address, AddressProblem> parse_email(std::string_view text);

/// Whether it is an e-mail address in one of these domains (in lower case).
template <class Domains>
bool is_in_domains(const Address& address, const Domains& domains) {
  if (address.kind != ports::AddressKind::kEmail) return false;
  const auto domain = std::string_view(address.text).substr(address.text.rfind('@') + 1);
  for (const auto& allowed : domains)
    if (domain == allowed) return true;
  return false;
}

}  // namespace zvonok::accounts
