// Who is it? Turns the token of a request into an identity, or says why not. Implemented by src/auth.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zvonok::ports {

/// The JSON type in which a user's id stood in their token: `fromUserId` goes out in the same type.
enum class IdForm : std::uint8_t { kString, kInteger };

/// What a valid token says about its bearer.
struct Identity {
  std::string user;  // the claim's text, 1..512 bytes of UTF-8 without U+0000: 42 and "42" are one user
  IdForm form = IdForm::kString;
  std::optional<base::WallTime> expires_at;  // exp + leeway; none: for ever
  std::string session{};                     // `sid`, if it is a string of at most 64 bytes
  std::string name{}, picture{};             // the claims of OpenID Connect Core section 5.1, as they are
};

/// Why a token was refused: for the log and the metrics, never for the client.
enum class TokenError {
  kMissing,      // no token at all
  kTooLong,      // over 8 KiB
  kMalformed,    // not three parts of canonical base64url, or not JSON objects in them
  kAlgorithm,    // `alg` missing, none, or not allowed here
  kHeader,       // `crit`, `b64`, a `kid` that is no string: things we must not ignore
  kUnknownKey,   // no configured key fits
  kSignature,    // the signature is wrong
  kExpired,      // exp is in the past
  kNotYetValid,  // nbf is in the future
  kIssuer,       // iss is not the configured one
  kAudience,     // aud does not hold the configured one
  kClaims,       // a claim of a wrong type: exp that is no number, ...
  kUserId,       // no usable userId
  kRevoked,      // its session was ended
};

struct TokenRefusal {
  TokenError error{};
  std::string
      detail;  // one clause for the operator ("not yet valid by 2 s, see jwt_leeway_s"); never the token
};

using TokenVerdict = base::Result<Identity, TokenRefusal>;

/// Called from the event loop's thread only.
class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;
  /// Calls `done` exactly once, on the loop's thread, at once or later (a key may have to be fetched first);
  /// a caller that is gone by then must cope. `now` is wall time, since `exp` is (RFC 7519 section 4.1.4).
  /// `token` need not outlive the call.
  virtual void verify(std::string_view token, base::WallTime now, std::function<void(TokenVerdict)> done) = 0;
};

}  // namespace zvonok::ports
