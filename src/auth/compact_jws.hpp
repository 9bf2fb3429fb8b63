// The compact form of a signed token (RFC 7515 section 7.1), taken apart, with everything about it checked
// that needs no key. What cjose would let through is refused here: see cjose_alone_test.cpp for the list and
// the proof.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/algorithm.hpp"
#include "base/result.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::auth {

/// Longer tokens do not fit into the request heads that proxies pass on by default.
inline constexpr std::size_t kTokenBytesMax = 8 * 1024;

struct CompactJws {
  std::string_view text;           // the token itself: borrowed
  Algorithm algorithm{};           // one of those allowed
  std::optional<std::string> kid;  // the wish of the token's maker, no more
  std::string payload;             // decoded, its signature not checked yet
  std::size_t signature_bytes = 0;

  /// Errors: kMissing, kTooLong, kMalformed, kHeader, kAlgorithm.
  static base::Result<CompactJws, ports::TokenRefusal> parse(std::string_view token,
                                                             const std::vector<Algorithm>& allowed);
};

}  // namespace zvonok::auth
