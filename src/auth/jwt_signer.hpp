// Makes tokens with the configured secret, for `zvonok token` and the login of --dev: ports::TokenSigner.
#pragma once

#include "auth/jwt_options.hpp"
#include "auth/verification_key.hpp"
#include "ports/token_signer.hpp"

namespace zvonok::auth {

class JwtSigner final : public ports::TokenSigner {
 public:
  /// `secret` must not be empty. Of the options, issuer and audiences are written into the tokens.
  JwtSigner(const JwtOptions& options, const base::Redacted<std::string>& secret);

  base::Result<std::string, ports::SignError> sign(const ports::TokenClaims& claims) const override;

  /// For SIGHUP. Not while another thread signs.
  void replace_secret(const base::Redacted<std::string>& secret);

 private:
  // Given to us.
  const std::string issuer_;
  const std::vector<std::string> audiences_;

  // Ours.
  VerificationKey key_;  // a secret both signs and checks
};

}  // namespace zvonok::auth
