// Phone numbers as people type them, made into one form. Whoever reads too much into a number logs one person
// in as another: what is ambiguous is refused.
#pragma once

#include <string_view>

#include "accounts/address.hpp"
#include "base/result.hpp"

namespace zvonok::accounts {

/// To E.164 ("+" and 8 to 15 digits). Takes the separators and digits of all habits: blanks, dashes, dots and
/// brackets, full-width and Arabic digits, 00 in place of +, and the trunk prefix in brackets of +44 (0)20. A
/// number without its country, such as 8 999 …, needs `default_country` (ISO 3166-1: "RU"; empty: none).
base::Result<Address, AddressProblem> parse_phone(std::string_view text, std::string_view default_country);

/// Whether national forms of that country are known.
bool is_known_country(std::string_view country);

}  // namespace zvonok::accounts
