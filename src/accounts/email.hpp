// E-mail addresses as people type them, made into one form.
#pragma once

#include <string_view>

#include "accounts/address.hpp"
#include "base/result.hpp"

namespace zvonok::accounts {

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
