// By which somebody is known and reached: a phone number or an e-mail address, in the one form that it is
// kept in (phone.hpp, email.hpp).
#pragma once

#include <string>
#include <string_view>

#include "ports/code_sender.hpp"

namespace zvonok::accounts {

struct Address {
  ports::AddressKind kind;
  std::string text;  // canonical

  bool operator==(const Address&) const = default;
};

/// Why it is no address, as a sentence for the person who typed it.
using AddressProblem = std::string_view;

}  // namespace zvonok::accounts
