// The cryptography of logging in: hashes of codes, signatures of refresh tokens, chance. Implemented by
// src/auth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zvonok::ports {

/// Called from the event loop's thread only. All keys derive from jwt_secret.
class LoginSecrets {
 public:
  virtual ~LoginSecrets() = default;

  /// What is kept of a code in place of it, in hexadecimal digits: by the secret in force, then by the
  /// previous one if there is one. A new code is kept by the first; a code that is shown is right if one of
  /// them is kept.
  virtual std::vector<std::string> code_hashes(std::string_view address, std::string_view code) const = 0;

  /// What is kept of an invitation's token; it depends on no secret, so that a new secret voids no
  /// invitation.
  virtual std::string invite_hash(std::string_view token) const = 0;

  /// The signature of refresh token `n` of a session, in base64url: HMAC-SHA256 by the secret in force.
  virtual std::string sign_refresh(std::string_view session, std::int64_t n) const = 0;
  /// Whether that is the signature by the secret in force or the previous one.
  virtual bool is_refresh_signature(std::string_view session, std::int64_t n,
                                    std::string_view signature) const = 0;

  /// So many random bytes, in base64url.
  virtual std::string random_text(std::size_t bytes) = 0;
  /// Uniform over 000000 to 999999.
  virtual std::string random_code() = 0;
};

}  // namespace zvonok::ports
