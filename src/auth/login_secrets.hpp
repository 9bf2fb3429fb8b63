// What logging in by a code needs of cryptography, with keys derived from jwt_secret: ports::LoginSecrets.
#pragma once

#include <string>
#include <vector>

#include "base/redacted.hpp"
#include "ports/login_secrets.hpp"

namespace zvonok::auth {

class LoginSecrets final : public ports::LoginSecrets {
 public:
  /// `secret` must not be empty; `previous` may be.
  LoginSecrets(const base::Redacted<std::string>& secret, const base::Redacted<std::string>& previous);

  std::vector<std::string> code_hashes(std::string_view address, std::string_view code) const override;
  std::string invite_hash(std::string_view token) const override;
  std::string sign_refresh(std::string_view session, std::int64_t n) const override;
  bool is_refresh_signature(std::string_view session, std::int64_t n,
                            std::string_view signature) const override;
  std::string random_text(std::size_t bytes) override;
  std::string random_code() override;

  /// For SIGHUP.
  void replace(const base::Redacted<std::string>& secret, const base::Redacted<std::string>& previous);

 private:
  struct Keys {
    base::Redacted<std::string> codes, refresh;
  };
  static Keys derive(const std::string& secret);

  std::vector<Keys> keys_;  // of the secret in force, then of the previous one
};

/// The hash of an invitation's token, which depends on no secret.
std::string invite_hash(std::string_view token);

/// So many random bytes of the operating system, in base64url.
std::string random_base64url(std::size_t bytes);

}  // namespace zvonok::auth
