#include "accounts/token_gate.hpp"

#include <utility>

namespace zvonok::accounts {

void TokenGate::verify(std::string_view token, base::WallTime now,
                       std::function<void(ports::TokenVerdict)> done) {
  verifier_.verify(token, now, [this, now, done = std::move(done)](ports::TokenVerdict verdict) {
    if (!verdict) return done(std::move(verdict));
    if (revoked_.holds(verdict->session)) {
      return done(base::Unexpected{
          ports::TokenRefusal{ports::TokenError::kRevoked,
                              "its session was ended, by a logout or because a refresh token came twice"}});
    }
    profiles_.note(*verdict, now);
    done(std::move(verdict));
  });
}

}  // namespace zvonok::accounts
