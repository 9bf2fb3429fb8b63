#include "accounts/code_rules.hpp"

#include <gmock/gmock.h>

namespace zvonok::accounts {
namespace {

using base::hours;
using base::minutes;
using base::seconds;
using ports::LoginState;

constexpr base::Duration kInstant{1};

/// One address over time: what is asked and tried happens at `now`.
class CodeRulesTest : public ::testing::Test {
 protected:
  bool ask(const std::string& code) {
    if (!ask_for_code(state, now)) return false;
    set_code(state, code, Sent::kYes, now);
    return true;
  }
  CodeVerdict judge(const std::string& code) { return judge_code(state, {code}, now); }
  bool is_right(const std::string& code) { return judge(code) == CodeVerdict::kRight; }
  bool is_wrong(const std::string& code) { return judge(code) == CodeVerdict::kWrong; }
  bool is_refused(const std::string& code) { return judge(code) == CodeVerdict::kTooManyTries; }

  /// Codes are asked for, and wrong ones tried at them, until so many were counted; the clock stands between
  /// them.
  void try_wrong(int tries) {
    for (int i = 0; i < tries; ++i) {
      if (state.code_hash.empty()) {
        now += kAskedAgainAfter;
        ASSERT_TRUE(ask("code")) << i;
      }
      ASSERT_TRUE(is_wrong("guess")) << i;
    }
  }

  base::WallTime now{seconds(1'700'000'000)};
  LoginState state;
};

// --- asking
// --------------------------------------------------------------------------------------------------------

TEST_F(CodeRulesTest, RefusesASecondCodeWithinThirtySeconds) {
  EXPECT_TRUE(ask("one"));
  EXPECT_FALSE(ask("two"));
  now += seconds(30) - kInstant;
  EXPECT_FALSE(ask("two"));
  now += kInstant;
  EXPECT_TRUE(ask("two"));
}

TEST_F(CodeRulesTest, RefusesASixthCodeWithinAnHour) {
  const auto first = now;
  for (int i = 0; i < 5; ++i, now += seconds(30)) EXPECT_TRUE(ask("code")) << i;
  EXPECT_FALSE(ask("sixth"));
  now = first + hours(1) - kInstant;
  EXPECT_FALSE(ask("sixth"));
  now += kInstant;
  EXPECT_TRUE(ask("sixth"));
  now += seconds(30) - kInstant;
  EXPECT_FALSE(ask("seventh"));
  now += kInstant;
  EXPECT_TRUE(ask("seventh")) << "an hour after the second";
  now += seconds(29);
  EXPECT_FALSE(ask("eighth"));
}

TEST_F(CodeRulesTest, NeverLetsMoreThanFiveBeAskedForInAnyHour) {
  std::vector<base::WallTime> sent;
  for (int second = 0; second < 3 * 3'600; ++second, now += seconds(1)) {
    if (ask("code")) sent.push_back(now);
  }
  ASSERT_EQ(sent.size(), 15u);
  for (std::size_t i = 0; i + 5 < sent.size(); ++i) EXPECT_GE(sent[i + 5] - sent[i], hours(1));
  EXPECT_LE(state.asked_at.size(), 5u);
}

TEST_F(CodeRulesTest, HasACodeWhileOneWouldBeJudgedRight) {
  EXPECT_FALSE(has_code(state, now));
  EXPECT_TRUE(ask_for_code(state, now));
  EXPECT_FALSE(has_code(state, now)) << "asking makes none";
  set_code(state, "code", Sent::kYes, now);
  EXPECT_TRUE(has_code(state, now));
  EXPECT_FALSE(has_code(state, now - kInstant));
  EXPECT_TRUE(has_code(state, now + kCodeLife - kInstant));
  EXPECT_FALSE(has_code(state, now + kCodeLife));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(has_code(state, now) && is_wrong("guess")) << i;
  EXPECT_FALSE(has_code(state, now));
}

TEST_F(CodeRulesTest, LeavesTheCodeThatLivesWhenAnotherIsRefused) {
  EXPECT_TRUE(ask("one"));
  EXPECT_FALSE(ask("two"));
  EXPECT_TRUE(is_wrong("two"));
  EXPECT_TRUE(is_right("one"));
}

// --- codes
// ---------------------------------------------------------------------------------------------------------

TEST_F(CodeRulesTest, RefusesAnyCodeOfAnAddressThatWasNeverAskedFor) {
  for (const auto* code : {"", "code"}) EXPECT_TRUE(is_wrong(code));
  EXPECT_EQ(state, LoginState()) << "and remembers nothing of it";
  EXPECT_EQ(judge_code(state, {}, now), CodeVerdict::kWrong);
}

TEST_F(CodeRulesTest, TakesACodeOnce) {
  EXPECT_TRUE(ask("code"));
  EXPECT_TRUE(is_right("code"));
  EXPECT_TRUE(is_wrong("code"));
  EXPECT_TRUE(is_wrong(""));
  EXPECT_TRUE(state.code_hash.empty());
}

TEST_F(CodeRulesTest, TakesACodeForTenMinutes) {
  EXPECT_TRUE(ask("code"));
  auto at_the_end = state;
  now += minutes(10) - kInstant;
  EXPECT_TRUE(is_right("code"));
  now += kInstant;
  EXPECT_EQ(judge_code(at_the_end, {"code"}, now), CodeVerdict::kWrong);
}

TEST_F(CodeRulesTest, VoidsAnOlderCodeByANewerOne) {
  EXPECT_TRUE(ask("one"));
  now += seconds(31);
  EXPECT_TRUE(ask("two"));
  now += seconds(4);
  EXPECT_TRUE(is_wrong("one"));
  EXPECT_TRUE(is_right("two"));
  EXPECT_TRUE(is_wrong("one"));
}

TEST_F(CodeRulesTest, TakesACodeByAnyOfItsHashes) {
  EXPECT_TRUE(ask("by the previous secret"));
  auto before = state;
  EXPECT_EQ(judge_code(before, {"by the new one", "by the previous secret"}, now), CodeVerdict::kRight);
  EXPECT_EQ(judge_code(state, {"by the new one", "by another"}, now), CodeVerdict::kWrong);
}

TEST_F(CodeRulesTest, VoidsACodeAfterFiveWrongTries) {
  EXPECT_TRUE(ask("code"));
  auto after_four = state;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(is_wrong("guess"));
  after_four = state;
  EXPECT_EQ(judge_code(after_four, {"code"}, now), CodeVerdict::kRight) << "the fifth may be right";
  EXPECT_TRUE(is_wrong("guess"));
  EXPECT_TRUE(is_wrong("code"));
}

TEST_F(CodeRulesTest, GivesFiveTriesToEachCodeAndNoneBackToThatBefore) {
  EXPECT_TRUE(ask("one"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(is_wrong("guess"));
  now += seconds(30);
  EXPECT_TRUE(ask("two"));
  EXPECT_TRUE(is_wrong("one"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(is_wrong("guess"));
  EXPECT_TRUE(is_right("two"));
}

// --- wrong tries
// ---------------------------------------------------------------------------------------------------

TEST_F(CodeRulesTest, CountsNoTryAtACodeThatDoesNotLive) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_wrong("guess"));
  EXPECT_TRUE(ask("code"));
  EXPECT_TRUE(is_right("code"));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_wrong("code"));
  now += seconds(30);
  EXPECT_TRUE(ask("code"));
  now += minutes(10);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(is_wrong("code")) << "expired";
  EXPECT_LE(tries_again_at(state), now);
}

TEST_F(CodeRulesTest, JudgesNothingForAnHourAfterTwentyWrongTries) {
  const auto first = now + kAskedAgainAfter;
  try_wrong(19);
  EXPECT_LE(tries_again_at(state), now);
  const auto before = now;
  EXPECT_TRUE(is_wrong("guess"));
  EXPECT_EQ(now, before);
  now += kAskedAgainAfter;
  EXPECT_TRUE(ask("code")) << "the fifth of the hour";
  EXPECT_TRUE(is_refused("code")) << "though it is right";
  EXPECT_EQ(tries_again_at(state), first + hours(1));
  now = tries_again_at(state) - kInstant;
  EXPECT_TRUE(is_refused("code"));
}

// The owner whom a stranger has locked out waits for an hour at most, and the code that was sent to them then
// works.
TEST_F(CodeRulesTest, JudgesOneAfterAnHourAndAgainOneAnHourLater) {
  try_wrong(20);
  now = tries_again_at(state);
  EXPECT_TRUE(ask("code"));
  auto owner = state;
  EXPECT_EQ(judge_code(owner, {"code"}, now), CodeVerdict::kRight);
  EXPECT_LE(tries_again_at(owner), now) << "a right code clears the account";
  EXPECT_TRUE(is_wrong("guess"));
  EXPECT_TRUE(is_refused("code"));
  EXPECT_EQ(tries_again_at(state), now + hours(1));
}

TEST_F(CodeRulesTest, BearsNoMoreThanTwentyFourGuessesADayAfterTheFirst) {
  int guesses = 0;
  const auto start = now;
  for (; now < start + hours(24 * 7); now += seconds(30)) {
    ask("code");
    while (!state.code_hash.empty() && judge("guess") == CodeVerdict::kWrong) ++guesses;
  }
  EXPECT_LE(guesses, 20 + 24 * 7);
  EXPECT_GE(guesses, 20 + 24 * 6) << "the limit is what stops it, not something narrower";
}

TEST_F(CodeRulesTest, ForgetsWrongTriesOneAnHour) {
  try_wrong(20);
  now += hours(21);
  try_wrong(20);
  EXPECT_GT(tries_again_at(state), now);
}

TEST_F(CodeRulesTest, DoesNotKeepTheStateOfARefusedTry) {
  try_wrong(20);
  now += kAskedAgainAfter;
  EXPECT_TRUE(ask("code"));
  const auto before = state;
  EXPECT_TRUE(is_refused("guess"));
  EXPECT_EQ(state, before) << "a refused one costs no try";
}

// --- clocks
// --------------------------------------------------------------------------------------------------------

TEST_F(CodeRulesTest, LocksNobodyOutForLongerWhenTheClockIsSetBack) {
  try_wrong(20);
  now -= hours(24 * 30);
  EXPECT_TRUE(ask("code")) << "what was asked for in the future does not count";
  EXPECT_TRUE(is_refused("code"));
  EXPECT_EQ(tries_again_at(state), now + hours(1));
  now += hours(1);
  EXPECT_FALSE(is_refused("code"));
}

TEST_F(CodeRulesTest, TakesNoCodeOfTheFuture) {
  EXPECT_TRUE(ask("code"));
  now -= kInstant;
  EXPECT_TRUE(is_wrong("code"));
  now -= hours(24 * 365);
  EXPECT_TRUE(is_wrong("code"));
  EXPECT_TRUE(ask("code"));
  EXPECT_TRUE(is_right("code"));
}

TEST_F(CodeRulesTest, ForgetsAllWhenTheClockIsSetForward) {
  try_wrong(20);
  now += hours(24 * 365);
  EXPECT_TRUE(ask("code"));
  EXPECT_TRUE(is_right("code"));
}

// --- what is typed
// -------------------------------------------------------------------------------------------------

TEST(TypedCode, IsRefusedUnlessItIsSixDigits) {
  for (const auto* typed :
       {"", "12345", "0123450", "12345a", "012-345", "01234.5", "012345.", "+12345", "-12345", "1e5",
        "0x1234", "\uff10\uff11\uff12\uff13\uff14\uff15", "\u0660\u0661\u0662\u0663\u0664\u0665", "O12345",
        "012345\u202c", "code: 012345", "0123456", "\xff 012345"})
    EXPECT_FALSE(tidy_code(typed)) << typed;
  EXPECT_FALSE(tidy_code(std::string("01234\0", 6)));
  EXPECT_FALSE(tidy_code(std::string(100, ' ') + "012345"));
}

TEST(TypedCode, IsForgivenItsBlanks) {
  for (const auto* typed : {"012345", " 012 345 ", "012345\n", "012\u00a0345", "\ufeff012345", "0 1 2 3 4 5",
                            "012\t345\r\n", "012\u2009345", "\u200b012345"})
    EXPECT_EQ(tidy_code(typed), "012345") << typed;
}

}  // namespace
}  // namespace zvonok::accounts
