// Comparing what a stranger shows with what is secret.
#pragma once

#include <string_view>

namespace zvonok::base {

/// Whether two texts are equal, in a time that does not tell where they differ. It tells whether they are of
/// one length.
constexpr bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i])) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

}  // namespace zvonok::base
