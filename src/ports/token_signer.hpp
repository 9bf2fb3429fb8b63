// Makes tokens that our own verifier accepts: for people who log in here, for `zvonok token`, and for the
// login of --dev. Implemented by src/auth.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zvonok::ports {

enum class SignError { kUserId /* not 1..512 bytes of UTF-8 without U+0000 */ };

/// What a token is to say. The views are read during the call only.
struct TokenClaims {
  std::string_view user;           // `userId`, as a string
  base::WallTime issued_at;        // `iat`, rounded down to a second
  base::WallTime expires_at;       // `exp`, rounded up
  std::string_view session = {};   // `sid`; empty: none
  std::string_view token_id = {};  // `jti`; empty: none
};

/// Callable from any thread.
class TokenSigner {
 public:
  virtual ~TokenSigner() = default;
  /// A JWT (JWS compact, HS256) with these claims and the configured `iss` and `aud`. The same claims give
  /// the same token.
  virtual base::Result<std::string, SignError> sign(const TokenClaims& claims) const = 0;
};

}  // namespace zvonok::ports
