// Makes tokens that our own verifier accepts: for `zvonok token` and for the login of --dev. Implemented by
// src/auth.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zvonok::ports {

enum class SignError { kUserId /* not 1..512 bytes of UTF-8 without U+0000 */ };

/// Callable from any thread.
class TokenSigner {
 public:
  virtual ~TokenSigner() = default;
  /// A JWT (JWS compact, HS256) with `userId` = user as a string, `iat` = now, `exp` = now + ttl, and the
  /// configured `iss` and `aud`.
  virtual base::Result<std::string, SignError> sign(std::string_view user, base::WallTime now,
                                                    base::Duration ttl) const = 0;
};

}  // namespace zvonok::ports
