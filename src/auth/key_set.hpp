// A JSON Web Key Set (RFC 7517 section 5): the public keys that RS, PS and ES tokens are checked with.
//
// Real sets hold keys of all sorts beside the one that is meant for us, so a key that does not fit is skipped
// with a warning. A secret or private key is different: it must never have been in such a file, and nobody
// should go on as if nothing had happened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/verification_key.hpp"
#include "base/result.hpp"

namespace zvonok::auth {

class KeySet {
 public:
  /// No keys.
  KeySet() = default;

  /// Adds one line to `warnings` for each key that is skipped. The error is a clause for the operator: the
  /// text is not a key set at all, or it holds a secret or private key.
  static base::Result<KeySet, std::string> parse_jwks(std::string_view text,
                                                      std::vector<std::string>& warnings);

  const std::vector<VerificationKey>& keys() const { return keys_; }

 private:
  std::vector<VerificationKey> keys_;
};

/// A set as an operator or a provider means it: one without a key that we can use is an error, too.
base::Result<KeySet, std::string> read_key_set(const std::string& text, std::vector<std::string>& skipped);

}  // namespace zvonok::auth
