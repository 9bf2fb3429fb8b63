// Stands between everybody who asks and the verifier of tokens: refuses those of sessions that were ended,
// and takes note of what the others say of their bearers.
#pragma once

#include <functional>
#include <string_view>

#include "accounts/revoked_sessions.hpp"
#include "accounts/token_profiles.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::accounts {

/// Everything given to it lives longer.
class TokenGate final : public ports::TokenVerifier {
 public:
  TokenGate(ports::TokenVerifier& verifier, const RevokedSessions& revoked, TokenProfiles& profiles)
      : verifier_(verifier), revoked_(revoked), profiles_(profiles) {}

  void verify(std::string_view token, base::WallTime now,
              std::function<void(ports::TokenVerdict)> done) override;

 private:
  ports::TokenVerifier& verifier_;
  const RevokedSessions& revoked_;
  TokenProfiles& profiles_;
};

}  // namespace zvonok::accounts
