// One key that signatures are checked with, and what it may be used for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "auth/algorithm.hpp"
#include "auth/cjose_ptr.hpp"

namespace zvonok::auth {

struct VerificationKey {
  KeyKind kind{};
  std::optional<std::string> kid;
  std::optional<Algorithm> only_algorithm;  // the JWK's `alg`: the key is for this one and no other
  std::size_t modulus_bytes = 0;            // RSA only
  JwkPtr jwk;

  /// cjose checks none of this (tried): it would take a P-384 key for ES256 and a PS256 key for RS256.
  bool fits(Algorithm algorithm) const {
    return traits(algorithm).key_kind == kind && (!only_algorithm || *only_algorithm == algorithm);
  }
};

/// The key for HS256, HS384 and HS512 that a configured secret is. `secret` must not be empty.
VerificationKey key_of_secret(std::string_view secret);

}  // namespace zvonok::auth
