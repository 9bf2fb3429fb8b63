// A signer for tests: its tokens say in plain text whom they are for and how long they live.
#pragma once

#include <string>
#include <string_view>

#include "ports/token_signer.hpp"

namespace zvonok::ports {

class FakeTokenSigner final : public TokenSigner {
 public:
  base::Result<std::string, SignError> sign(const TokenClaims& claims) const override {
    const auto user = claims.user;
    if (user.empty() || user.size() > 512 || user.find('\0') != user.npos) {
      return base::Unexpected{SignError::kUserId};
    }
    const auto expires_at = std::chrono::duration_cast<base::seconds>(claims.expires_at.time_since_epoch());
    auto token = "for:" + std::string(user) + " until:" + std::to_string(expires_at.count());
    if (!claims.session.empty()) token += " session:" + std::string(claims.session);
    if (!claims.token_id.empty()) token += " id:" + std::string(claims.token_id);
    return token;
  }
};

}  // namespace zvonok::ports
