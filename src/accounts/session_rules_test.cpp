#include "accounts/session_rules.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace zvonok::accounts {
namespace {

using base::hours;
using base::seconds;
using ports::LoginSession;

constexpr base::Duration kInstant{1};

class SessionRulesTest : public ::testing::Test {
 protected:
  SessionRulesTest() {
    session.id = "session";
    session.user = "a";
    session.device = "phone";
    session.rotated_at = session.created_at = now;
  }
  RefreshVerdict rotate(std::int64_t n, std::string_view device = "phone") {
    return refresh(session, n, device, now);
  }

  base::WallTime now{seconds(1'700'000'000)};
  LoginSession session;
};

TEST_F(SessionRulesTest, RefusesASessionThatHasEnded) {
  session.ended_at = now;
  const auto before = session;
  for (const std::int64_t n : {0, 1, 2}) EXPECT_EQ(rotate(n), RefreshVerdict::kRefused);
  EXPECT_EQ(session, before);
}

TEST_F(SessionRulesTest, RefusesOneThatWasNotRefreshedForSixtyDays) {
  auto in_time = session;
  EXPECT_EQ(refresh(in_time, 1, "phone", now + hours(24 * 60) - kInstant), RefreshVerdict::kRotated);
  now += hours(24 * 60);
  EXPECT_EQ(rotate(1), RefreshVerdict::kRefused);
  EXPECT_FALSE(session.ended_at);
}

TEST_F(SessionRulesTest, LivesAsLongAsItIsRefreshed) {
  for (std::int64_t n = 1; n <= 20; ++n) {
    now += hours(24 * 59);
    EXPECT_EQ(rotate(n), RefreshVerdict::kRotated);
  }
  EXPECT_EQ(session.n, 21);
}

TEST_F(SessionRulesTest, EndsByATokenThatIsOlderThanTheLast) {
  EXPECT_EQ(rotate(1), RefreshVerdict::kRotated);
  EXPECT_EQ(rotate(2), RefreshVerdict::kRotated);
  EXPECT_EQ(rotate(1), RefreshVerdict::kEnded) << "at once, and by the same device";
  EXPECT_EQ(session.ended_at, now);
  EXPECT_EQ(rotate(3), RefreshVerdict::kRefused) << "neither the thief nor the owner goes on";
}

TEST_F(SessionRulesTest, EndsByTheLastTokenOfAnotherDevice) {
  EXPECT_EQ(rotate(1), RefreshVerdict::kRotated);
  EXPECT_EQ(rotate(1, "laptop"), RefreshVerdict::kEnded);
  EXPECT_EQ(session.ended_at, now);
}

TEST_F(SessionRulesTest, EndsByTheLastTokenOfADeviceThatDoesNotSayWhich) {
  EXPECT_EQ(rotate(1), RefreshVerdict::kRotated);
  EXPECT_EQ(rotate(1, ""), RefreshVerdict::kEnded);
}

TEST_F(SessionRulesTest, EndsByTheLastTokenThirtySecondsLater) {
  EXPECT_EQ(rotate(1), RefreshVerdict::kRotated);
  now += seconds(30) - kInstant;
  EXPECT_EQ(rotate(1), RefreshVerdict::kSame);
  now += kInstant;
  EXPECT_EQ(rotate(1), RefreshVerdict::kEnded);
}

TEST_F(SessionRulesTest, AnswersTwoTabsTheSameAndChangesNothing) {
  EXPECT_EQ(rotate(1), RefreshVerdict::kRotated);
  const auto before = session;
  for (int i = 0; i < 10; ++i, now += seconds(1)) EXPECT_EQ(rotate(1), RefreshVerdict::kSame);
  EXPECT_EQ(session, before) << "thirty seconds from the rotation, not from the last tab";
}

TEST_F(SessionRulesTest, TakesTwoDevicesThatDoNotSayWhichForOne) {
  session.device.clear();
  EXPECT_EQ(rotate(1, ""), RefreshVerdict::kRotated);
  EXPECT_EQ(rotate(1, ""), RefreshVerdict::kSame);
  EXPECT_EQ(rotate(1, "phone"), RefreshVerdict::kEnded);
}

TEST_F(SessionRulesTest, RotatesByTheTokenInForce) {
  now += hours(1);
  EXPECT_EQ(rotate(1), RefreshVerdict::kRotated);
  EXPECT_EQ(session.n, 2);
  EXPECT_EQ(session.rotated_at, now);
  EXPECT_EQ(session.created_at, now - hours(1));
  EXPECT_FALSE(session.ended_at);
}

TEST_F(SessionRulesTest, BelongsToTheDeviceThatRotatedItLast) {
  EXPECT_EQ(rotate(1, "laptop"), RefreshVerdict::kRotated);
  EXPECT_EQ(session.device, "laptop");
  EXPECT_EQ(rotate(1, "laptop"), RefreshVerdict::kSame);
}

// The signature says that it is ours: it is the database that is behind.
TEST_F(SessionRulesTest, GoesOnFromATokenThatIsNewerThanARestoredBackup) {
  EXPECT_EQ(rotate(7), RefreshVerdict::kRotated);
  EXPECT_EQ(session.n, 8);
  EXPECT_EQ(rotate(7), RefreshVerdict::kSame);
  EXPECT_EQ(rotate(3), RefreshVerdict::kEnded);
}

TEST_F(SessionRulesTest, IsNotUpsetByAClockThatIsSetBack) {
  EXPECT_EQ(rotate(1), RefreshVerdict::kRotated);
  now -= hours(24 * 365);
  EXPECT_EQ(rotate(1), RefreshVerdict::kSame);
  EXPECT_EQ(rotate(2), RefreshVerdict::kRotated);
  EXPECT_EQ(session.rotated_at, now);
}

// --- their texts
// ---------------------------------------------------------------------------------------------------

TEST(RefreshTokenText, IsRefusedUnlessItCouldBeOurs) {
  for (const std::string text : {"",
                                 ".",
                                 "..",
                                 "...",
                                 "session",
                                 "session.1",
                                 "session..signature",
                                 ".1.signature",
                                 "session.1.",
                                 "session.0.s",
                                 "session.-1.s",
                                 "session.+1.s",
                                 "session.01.s",
                                 "session. 1.s",
                                 "session.1 .s",
                                 "session.1e3.s",
                                 "session.x.s",
                                 "session.1.1.s",
                                 "se.ssion.1.s",
                                 "session.1.s.",
                                 ".session.1.s",
                                 "ses sion.1.s",
                                 "session.1.s=",
                                 "session.1.s/",
                                 "session.9223372036854775808.s",
                                 "session.99999999999999999999.s",
                                 "s\u00e4.1.s",
                                 "session.1.s\n",
                                 "session.\uff11.s"})
    EXPECT_FALSE(parse_refresh_token(text)) << text;
  EXPECT_FALSE(parse_refresh_token(std::string("session\0.1.s", 12)));
  EXPECT_FALSE(parse_refresh_token(std::string(65, 'a') + ".1.s"));
  EXPECT_FALSE(parse_refresh_token("s.1." + std::string(65, 'a')));
  EXPECT_FALSE(parse_refresh_token(std::string(1'000'000, '.')));
}

TEST(RefreshTokenText, IsReadAsItWasWritten) {
  for (const auto& token :
       {RefreshToken{"session-_1", 1, "signature-_1"},
        RefreshToken{std::string(64, 'a'), std::numeric_limits<std::int64_t>::max(), std::string(64, 'b')}}) {
    const auto again = parse_refresh_token(to_text(token));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->session, token.session);
    EXPECT_EQ(again->n, token.n);
    EXPECT_EQ(again->signature, token.signature);
  }
  EXPECT_EQ(to_text({"s", 12, "x"}), "s.12.x");
}

TEST(DeviceName, HasAtMost64CharactersOfBase64url) {
  for (const auto& text : {std::string(), std::string("a"), std::string("tab_1-2"), std::string(64, 'a')})
    EXPECT_TRUE(is_device_name(text)) << text;
  for (const std::string text : {"a b", "a.b", "\u00e4", "a\n", "a/b", "a+b"})
    EXPECT_FALSE(is_device_name(text)) << text;
  EXPECT_FALSE(is_device_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace zvonok::accounts
