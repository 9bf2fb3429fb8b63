// What every ports::TokenVerifier promises, as one suite. An adapter's test gives a type with
//   ports::TokenVerifier& verifier();
//   std::string token(user, form, expires_at);   // one that is valid until then; nullopt: for ever
// and instantiates TokenVerifierContract with it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ports/token_verifier.hpp"

namespace zvonok::ports {

template <class Adapter>
class TokenVerifierContract : public ::testing::Test {
 protected:
  static constexpr base::WallTime kNow{base::seconds(1'700'000'000)};

  /// Every verdict that `verify` calls back with until it returns; all adapters of today answer at once.
  std::vector<TokenVerdict> verdicts(const std::string& token, base::WallTime now = kNow) {
    std::vector<TokenVerdict> all;
    std::string lent = token;  // it need not outlive the call: what is left of it afterwards is junk
    adapter.verifier().verify(lent, now, [&all](TokenVerdict verdict) { all.push_back(std::move(verdict)); });
    lent.assign(lent.size(), '?');
    return all;
  }

  void expect_refused(const std::string& token, std::optional<TokenError> why = std::nullopt,
                      base::WallTime now = kNow) {
    const auto all = verdicts(token, now);
    ASSERT_EQ(all.size(), 1u);
    ASSERT_FALSE(all.front());
    const TokenRefusal& refusal = all.front().error();
    if (why) {
      EXPECT_EQ(static_cast<int>(refusal.error), static_cast<int>(*why));
    }
    EXPECT_FALSE(refusal.detail.empty());
    EXPECT_LE(refusal.detail.size(), 256u);
    if (!token.empty()) {
      EXPECT_EQ(refusal.detail.find(token), refusal.detail.npos) << "tells the token";
    }
  }

  void expect_user(const std::string& token, const std::string& user, IdForm form) {
    const auto all = verdicts(token);
    ASSERT_EQ(all.size(), 1u);
    ASSERT_TRUE(all.front());
    EXPECT_EQ(all.front()->user, user);
    EXPECT_EQ(all.front()->form, form);
  }

  Adapter adapter;
};

TYPED_TEST_SUITE_P(TokenVerifierContract);

TYPED_TEST_P(TokenVerifierContract, NamesTheUserAndTheFormOfTheirId) {
  this->expect_user(this->adapter.token("alice", IdForm::kString, std::nullopt), "alice", IdForm::kString);
  this->expect_user(this->adapter.token("42", IdForm::kString, std::nullopt), "42", IdForm::kString);
  this->expect_user(this->adapter.token("42", IdForm::kInteger, std::nullopt), "42", IdForm::kInteger);
}

TYPED_TEST_P(TokenVerifierContract, SaysWhenATokenEnds) {
  const auto end = this->kNow + base::hours(1);
  const auto ends = this->verdicts(this->adapter.token("alice", IdForm::kString, end));
  ASSERT_TRUE(ends.size() == 1 && ends.front());
  EXPECT_EQ(ends.front()->expires_at, end);
  const auto never = this->verdicts(this->adapter.token("alice", IdForm::kString, std::nullopt));
  ASSERT_TRUE(never.size() == 1 && never.front());
  EXPECT_EQ(never.front()->expires_at, std::nullopt);
}

TYPED_TEST_P(TokenVerifierContract, RefusesATokenFromTheInstantOfItsEnd) {
  const auto token = this->adapter.token("alice", IdForm::kString, this->kNow);
  const auto before = this->verdicts(token, this->kNow - base::Duration{1});
  ASSERT_TRUE(before.size() == 1 && before.front());
  this->expect_refused(token, TokenError::kExpired, this->kNow);
}

TYPED_TEST_P(TokenVerifierContract, RefusesWhatIsMissingTooLongOrJunk) {
  this->expect_refused("", TokenError::kMissing);
  this->expect_refused(std::string(8193, 'a'), TokenError::kTooLong);
  this->expect_refused("junk", TokenError::kMalformed);
}

TYPED_TEST_P(TokenVerifierContract, RefusesATokenOfWhichOneByteWasChanged) {
  const auto token = this->adapter.token("alice", IdForm::kString, std::nullopt);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    this->expect_refused(changed);
  }
}

REGISTER_TYPED_TEST_SUITE_P(TokenVerifierContract, NamesTheUserAndTheFormOfTheirId, SaysWhenATokenEnds,
                            RefusesATokenFromTheInstantOfItsEnd, RefusesWhatIsMissingTooLongOrJunk,
                            RefusesATokenOfWhichOneByteWasChanged);

}  // namespace zvonok::ports
