#include "accounts/token_gate.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "ports/fake_account_store.hpp"
#include "ports/fake_metrics.hpp"
#include "ports/fake_token_verifier.hpp"

namespace zvonok::accounts {
namespace {

using ports::TokenError;

class TokenGateTest : public ::testing::Test {
 protected:
  std::string token(const std::string& user, const std::string& session, const std::string& name = {}) {
    ports::Identity identity;
    identity.user = user;
    identity.session = session;
    identity.name = name;
    return verifier.issue(identity);
  }
  /// The verdict of one answer; nullopt: there was none yet.
  std::optional<ports::TokenVerdict> verify(const std::string& text) {
    std::optional<ports::TokenVerdict> answer;
    gate.verify(text, now, [&answer](ports::TokenVerdict verdict) {
      EXPECT_FALSE(answer) << "it answers once";
      answer = std::move(verdict);
    });
    return answer;
  }
  void expect_refused(const std::string& text, TokenError why) {
    const auto answer = verify(text);
    ASSERT_TRUE(answer);
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().error, why);
    EXPECT_FALSE(answer->error().detail.empty());
  }

  base::WallTime now{base::seconds(1'700'000'000)};
  ports::FakeTokenVerifier verifier;
  ports::FakeAccountStore store;
  ports::FakeMetrics metrics;
  RevokedSessions revoked;
  TokenProfiles profiles{store, metrics};
  TokenGate gate{verifier, revoked, profiles};
};

TEST_F(TokenGateTest, PassesOnTheVerifiersRefusalAndNotesNobody) {
  expect_refused("junk", TokenError::kMalformed);
  expect_refused("", TokenError::kMissing);
  EXPECT_TRUE(store.rows.users.empty());
}

TEST_F(TokenGateTest, RefusesATokenWhoseSessionHasEndedAndNotesNobody) {
  const auto text = token("anna", "session", "Anna");
  revoked.add("session", now + base::hours(1), now);
  expect_refused(text, TokenError::kRevoked);
  EXPECT_TRUE(store.rows.users.empty());
}

TEST_F(TokenGateTest, RefusesATokenWhoseSessionEndsWhileItsKeyIsFetched) {
  const auto text = token("anna", "session");
  verifier.answer_later();
  std::optional<ports::TokenVerdict> answer;
  gate.verify(text, now, [&answer](ports::TokenVerdict verdict) { answer = std::move(verdict); });
  revoked.add("session", now + base::hours(1), now);
  EXPECT_FALSE(answer);
  verifier.answer_waiting();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(*answer);
}

TEST_F(TokenGateTest, AcceptsATokenOfAnotherSessionAndOneOfNone) {
  revoked.add("ended", now + base::hours(1), now);
  const auto other = verify(token("anna", "session"));
  ASSERT_TRUE(other && *other);
  EXPECT_EQ((*other)->user, "anna");
  EXPECT_EQ((*other)->session, "session");
  const auto none = verify(token("boris", ""));
  EXPECT_TRUE(none && *none);
}

TEST_F(TokenGateTest, NotesWhatAnAcceptedTokenSaysOfItsBearer) {
  EXPECT_TRUE(*verify(token("anna", "", "Anna")));
  EXPECT_EQ(store.rows.user("anna")->name, "Anna");
  EXPECT_EQ(store.rows.user("anna")->created_at, now);
}

TEST_F(TokenGateTest, AcceptsWhateverBecomesOfTheNote) {
  store.fall_sick();
  EXPECT_TRUE(*verify(token("anna", "", "Anna")));
  store.get_well();
  store.answer_later();
  EXPECT_TRUE(*verify(token("anna", "", "Anna")));
}

}  // namespace
}  // namespace zvonok::accounts
