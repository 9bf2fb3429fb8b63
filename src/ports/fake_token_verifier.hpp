// A verifier for tests, without cryptography: it knows the tokens that it has issued. It keeps the promises
// of token_verifier_contract.hpp, and can be made to answer later.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/token_verifier.hpp"

namespace zvonok::ports {

class FakeTokenVerifier final : public TokenVerifier {
 public:
  /// `expires_at`: the first instant at which the token is not valid any more.
  std::string issue(std::string_view user, IdForm form = IdForm::kString,
                    std::optional<base::WallTime> expires_at = std::nullopt) {
    Identity identity;
    identity.user = user;
    identity.form = form;
    identity.expires_at = expires_at;
    return issue(std::move(identity));
  }
  std::string issue(Identity identity) {
    std::string token = "token-" + std::to_string(issued_.size() + 1) + "-of-" + identity.user;
    issued_[token] = std::move(identity);
    return token;
  }

  void verify(std::string_view token, base::WallTime now, std::function<void(TokenVerdict)> done) override {
    ++asked;
    if (!answers_later_) return done(verdict(token, now));
    waiting_.emplace_back([done = std::move(done), answer = verdict(token, now)] { done(answer); });
  }

  /// From now on answers wait for `answer_waiting`.
  void answer_later() { answers_later_ = true; }
  void answer_waiting() {
    for (const auto& answer : std::exchange(waiting_, {})) answer();
  }

  int asked = 0;

 private:
  TokenVerdict verdict(std::string_view token, base::WallTime now) const {
    if (token.empty()) return refusal(TokenError::kMissing, "there is no token");
    if (token.size() > 8192) return refusal(TokenError::kTooLong, "over 8192 bytes");
    const auto found = issued_.find(std::string(token));
    if (found == issued_.end()) return refusal(TokenError::kMalformed, "was not issued here");
    if (found->second.expires_at && now >= *found->second.expires_at) {
      return refusal(TokenError::kExpired, "has expired");
    }
    return found->second;
  }
  static TokenVerdict refusal(TokenError error, std::string detail) {
    return base::Unexpected{TokenRefusal{error, std::move(detail)}};
  }

  std::map<std::string, Identity> issued_;
  std::vector<std::function<void()>> waiting_;
  bool answers_later_ = false;
};

}  // namespace zvonok::ports
