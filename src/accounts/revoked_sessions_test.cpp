#include "accounts/revoked_sessions.hpp"

#include <gtest/gtest.h>

#include <string>

namespace zvonok::accounts {
namespace {

constexpr base::WallTime kNow{base::seconds(1'700'000'000)};

TEST(RevokedSessions, HoldThoseThatWereAddedAlone) {
  RevokedSessions revoked;
  revoked.add("session", kNow + base::hours(1), kNow);
  EXPECT_FALSE(revoked.holds(""));
  EXPECT_FALSE(revoked.holds("sessio"));
  EXPECT_FALSE(revoked.holds("Session"));
  EXPECT_TRUE(revoked.holds("session"));
}

// Tokens of other backends name no session: a session without a name must not refuse them all.
TEST(RevokedSessions, NeverHoldTheSessionWithoutAName) {
  RevokedSessions revoked;
  revoked.add("", kNow + base::hours(1), kNow);
  EXPECT_FALSE(revoked.holds(""));
}

TEST(RevokedSessions, AreForgottenAfterTheirLastTokenAndNotBefore) {
  RevokedSessions revoked;
  auto now = kNow;
  for (int i = 0; i < 1'023; ++i) revoked.add("old" + std::to_string(i), now + base::hours(1), now);
  revoked.add("young", now + base::hours(1) + base::Duration(1), now);
  now += base::hours(1);
  revoked.add("another", now + base::hours(1), now);
  EXPECT_EQ(revoked.remembered(), 2u);
  EXPECT_TRUE(revoked.holds("young"));
  EXPECT_TRUE(revoked.holds("another"));
}

TEST(RevokedSessions, HoldOneUntilTheLaterEndWhenItIsAddedTwice) {
  RevokedSessions revoked;
  revoked.add("session", kNow + base::hours(1), kNow);
  revoked.add("session", kNow + base::hours(3), kNow);
  for (int i = 0; i < 2'000; ++i)
    revoked.add("other" + std::to_string(i), kNow + base::hours(9), kNow + base::hours(2));
  EXPECT_TRUE(revoked.holds("session"));
}

}  // namespace
}  // namespace zvonok::accounts
