// A signer for tests: its tokens say in plain text whom they are for and how long they live.
#pragma once

#include <string>
#include <string_view>

#include "ports/token_signer.hpp"

namespace zvonok::ports {

class FakeTokenSigner final : public TokenSigner {
 public:
  base::Result<std::string, SignError> sign(std::string_view user, base::WallTime now,
                                            base::Duration ttl) const override {
    if (user.empty() || user.size() > 512 || user.find('\0') != user.npos) {
      return base::Unexpected{SignError::kUserId};
    }
    const auto expires_at = std::chrono::duration_cast<base::seconds>((now + ttl).time_since_epoch());
    return "for:" + std::string(user) + " until:" + std::to_string(expires_at.count());
  }
};

}  // namespace zvonok::ports
