#include "accounts/login_rules.hpp"

#include <gmock/gmock.h>

#include <random>

#include "accounts/code_rules.hpp"
#include "ports/memory_account_rows.hpp"

namespace zvonok::accounts {
namespace {

using base::hours;
using base::minutes;
using base::seconds;
using ports::AddressKind;
using What = AskOutcome;

constexpr base::Duration kInstant{1};

const Address kAnna{AddressKind::kPhone, "+79990000001"};      // a user
const Address kBoris{AddressKind::kPhone, "+79990000002"};     // nobody
const Address kVera{AddressKind::kEmail, "vera@example.org"};  // nobody

class LoginRulesTest : public ::testing::Test {
 protected:
  LoginRulesTest() {
    ports::User anna{.id = "anna",
                     .name = "Anna",
                     .name_key = "anna",
                     .avatar = {},
                     .phone = kAnna.text,
                     .email = {},
                     .created_at = now};
    rows.put_user(anna);
    rows.put_invite(
        {.token_hash = "invite", .expires_at = now + kInviteLife, .used_at = std::nullopt, .used_by = {}});
  }

  What ask(const Address& address, const std::string& code = "code", const std::string& invite = {}) {
    return accounts::ask(rows,
                         {.address = address,
                          .code_hash = code,
                          .invite_hash = invite,
                          .messages_per_hour_max = messages_per_hour_max,
                          .crowded = crowded,
                          .now = now},
                         policy);
  }
  VerifyOutcome verify(const Address& address, const std::string& code = "code",
                       const std::string& invite = {}) {
    const auto number = std::to_string(++drawn);
    return accounts::verify(rows,
                            {.address = address,
                             .code_hashes = {code},
                             .invite_hash = invite,
                             .name = name,
                             .device = "phone",
                             .new_user_id = "user" + number,
                             .new_session_id = "session" + number,
                             .now = now},
                            policy);
  }
  /// "in", "invalid", "too many" or "not invited".
  std::string verdict(const VerifyOutcome& outcome) {
    if (std::holds_alternative<Verified>(outcome)) return "in";
    if (std::holds_alternative<InvalidCode>(outcome)) return "invalid";
    return std::holds_alternative<TooManyTries>(outcome) ? "too many" : "not invited";
  }
  std::string try_code(const Address& address, const std::string& code = "code",
                       const std::string& invite = {}) {
    return verdict(verify(address, code, invite));
  }
  Verified log_in(const Address& address) {
    now += kAskedAgainAfter;
    EXPECT_EQ(ask(address), What::kSend);
    auto outcome = verify(address);
    EXPECT_EQ(verdict(outcome), "in");
    return std::get<Verified>(outcome);
  }
  void expect_not_invited(const VerifyOutcome& outcome, InviteVerdict why) {
    ASSERT_TRUE(std::holds_alternative<NotInvited>(outcome)) << verdict(outcome);
    EXPECT_EQ(std::get<NotInvited>(outcome).why, why);
  }
  static Address address(int number) {
    return {AddressKind::kPhone, "+799900001" + std::to_string(10 + number)};
  }
  void make_user(int number) {
    rows.put_user({.id = "user of " + address(number).text, .phone = address(number).text});
  }
  /// Until the address bears no more.
  void try_twenty_wrong_codes(const Address& address) {
    for (int i = 0; i < 4; ++i, now += kAskedAgainAfter) {
      ask(address, "code" + std::to_string(i));
      for (int k = 0; k < 5; ++k) EXPECT_EQ(try_code(address, "guess"), "invalid");
    }
  }

  base::WallTime now{seconds(1'700'000'000)};
  ports::MemoryAccountRows rows;
  RegistrationPolicy policy;  // by invitation
  std::size_t messages_per_hour_max = 200;
  bool crowded = false;
  std::string name = "New";
  int drawn = 0;
};

// --- asking
// --------------------------------------------------------------------------------------------------------

TEST_F(LoginRulesTest, SendsNothingToWhoIsNeitherKnownNorInvited) {
  EXPECT_EQ(ask(kBoris), What::kNothing);
  EXPECT_EQ(ask(kVera, "code", "no such invitation"), What::kNothing);
  EXPECT_EQ(rows.messages.size(), 0u);
}

TEST_F(LoginRulesTest, SendsNothingForAnInvitationThatWasUsedOrIsOver) {
  auto used = *rows.invite("invite");
  used.token_hash = "used";
  used.used_at = now;
  rows.put_invite(used);
  EXPECT_EQ(ask(kBoris, "code", "used"), What::kNothing);
  now += kInviteLife;
  EXPECT_EQ(ask(kVera, "code", "invite"), What::kNothing);
}

TEST_F(LoginRulesTest, SendsNothingTooSoonAndCountsNoMessage) {
  EXPECT_EQ(ask(kAnna), What::kSend);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(kAnna), What::kNothing);
  now += kAskedAgainAfter - kInstant;
  EXPECT_EQ(ask(kAnna), What::kNothing);
  EXPECT_EQ(rows.messages.size(), 1u);
  now += kInstant;
  EXPECT_EQ(ask(kAnna), What::kSend);
}

TEST_F(LoginRulesTest, SendsToWhoIsKnownInvitedOrLetIn) {
  EXPECT_EQ(ask(kAnna), What::kSend);
  EXPECT_EQ(ask(kBoris, "code", "invite"), What::kSend);
  policy = {Registration::kDomains, {"example.org"}};
  EXPECT_EQ(ask(kVera), What::kSend);
  EXPECT_EQ(ask({AddressKind::kPhone, "+79990000003"}), What::kNothing);
  policy = {Registration::kOpen, {}};
  EXPECT_EQ(ask({AddressKind::kPhone, "+79990000004"}), What::kSend);
  EXPECT_EQ(rows.messages.size(), 4u);
  EXPECT_EQ(rows.invite("invite")->used_at, std::nullopt) << "asking uses no invitation up";
}

TEST_F(LoginRulesTest, SendsNoMoreThanTheMessagesOfAnHour) {
  messages_per_hour_max = 3;
  const auto first = now;
  for (const int i : {0, 1, 2, 4, 5, 6, 7}) make_user(i);
  for (int i = 0; i < 3; ++i, now += seconds(1)) EXPECT_EQ(ask(address(i)), What::kSend);
  EXPECT_EQ(ask(address(4)), What::kFlood);
  now = first + hours(1) - kInstant;
  EXPECT_EQ(ask(address(5)), What::kFlood);
  now += kInstant;
  EXPECT_EQ(ask(address(6)), What::kSend);
  EXPECT_EQ(ask(address(7)), What::kFlood);
}

TEST_F(LoginRulesTest, SendsToWhoRegistersUninvitedHalfOfTheMessagesOfAnHour) {
  messages_per_hour_max = 5;
  policy = {Registration::kOpen, {}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(address(i)), What::kSend) << "half, rounded up";
  EXPECT_EQ(ask(address(3)), What::kFloodOfStrangers);
  EXPECT_EQ(ask(kVera, "code", "invite"), What::kSend);
  EXPECT_EQ(ask(kAnna), What::kSend);
  EXPECT_EQ(ask(kBoris, "code", "invite"), What::kFlood);
}

TEST_F(LoginRulesTest, SendsTenMessagesForAnInvitation) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(address(i), "code", "invite"), What::kSend);
  EXPECT_EQ(ask(address(11), "code", "invite"), What::kNothing);
  EXPECT_EQ(ask(kAnna, "code", "invite"), What::kSend) << "she needs none";
  EXPECT_EQ(try_code(address(1), "code", "invite"), "in") << "it is good for who has a code";
}

// Nine for addresses of one's own, one for somebody else's: whether an eleventh comes must not tell who they
// are.
TEST_F(LoginRulesTest, CountsForAnInvitationAlikeWhoeverHasTheAddress) {
  for (const auto& probed : {kAnna, kBoris}) {
    const auto before = rows;
    for (int i = 0; i < 9; ++i) EXPECT_EQ(ask(address(i), "code", "invite"), What::kSend);
    EXPECT_EQ(ask(probed, "code", "invite"), What::kSend);
    EXPECT_EQ(ask(address(11), "code", "invite"), What::kNothing) << probed.text;
    rows = before;
  }
}

TEST_F(LoginRulesTest, LetsNoInvitationOpenMoreThanTenOfTheMessagesThatAreKept) {
  messages_per_hour_max = 40;
  policy = {Registration::kOpen, {}};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(address(i), "code", "invite"), What::kSend);
  EXPECT_EQ(rows.invite("invite")->messages, 0) << "nobody needed it so far";
  for (int i = 20; i < 30; ++i) EXPECT_EQ(ask(address(i), "code", "invite"), What::kSend);
  EXPECT_EQ(ask(address(31), "code", "invite"), What::kFloodOfStrangers);
  EXPECT_EQ(ask(kAnna), What::kSend);
}

TEST_F(LoginRulesTest, LeavesOnlyTenRowsForAnInvitationInACrowdWithoutMessages) {
  crowded = true;
  messages_per_hour_max = 0;
  for (int i = 0; i < 40; ++i) ask(address(i), "code", "invite");
  EXPECT_EQ(rows.login_states.size(), 11u);
}

TEST_F(LoginRulesTest, CountsNoMessageForAnInvitationThatNobodyNeeds) {
  policy = {Registration::kOpen, {}};
  EXPECT_EQ(ask(kBoris, "code", "invite"), What::kSend);
  EXPECT_EQ(ask(kAnna, "code", "invite"), What::kSend);
  EXPECT_EQ(rows.invite("invite")->messages, 0);
}

// A clock that ran ahead has left messages that no hour will make old.
TEST_F(LoginRulesTest, CountsNoMessageOfTheFuture) {
  messages_per_hour_max = 1;
  now += hours(24 * 365);
  EXPECT_EQ(ask(kAnna), What::kSend);
  now -= hours(24 * 365);
  EXPECT_EQ(ask(kAnna), What::kSend);
}

TEST_F(LoginRulesTest, LeavesARowOfItsOwnInACrowdOnlyToWhoIsKnownOrInvitedOrHadOne) {
  policy = {Registration::kOpen, {}};
  ask(kBoris);
  crowded = true;
  for (int i = 0; i < 5; ++i, now += kAskedAgainAfter)
    EXPECT_EQ(ask(address(i)), What::kCrowd) << "though all may register";
  EXPECT_EQ(rows.login_states.size(), 2u) << "Boris, and all the others together";
  EXPECT_EQ(ask(kAnna), What::kSend);
  EXPECT_EQ(ask(kVera, "hers", "invite"), What::kSend);
  EXPECT_EQ(rows.login_states.size(), 4u);
  EXPECT_EQ(try_code(kBoris), "in") << "he was sent his before";
  EXPECT_EQ(try_code(address(1)), "invalid");
}

TEST_F(LoginRulesTest, SaysNothingOfAFloodToWhoGetsNothingAnyway) {
  messages_per_hour_max = 0;
  EXPECT_EQ(ask(kBoris), What::kNothing);
  EXPECT_EQ(ask(kAnna), What::kFlood);
  EXPECT_EQ(ask(kAnna), What::kNothing) << "too soon";
}

TEST_F(LoginRulesTest, LeavesACodeThatWasSentToWhoGetsNoOther) {
  EXPECT_EQ(ask(kAnna, "sent"), What::kSend);
  EXPECT_EQ(ask(kAnna, "too soon"), What::kNothing);
  now += kAskedAgainAfter;
  messages_per_hour_max = 0;
  EXPECT_EQ(ask(kAnna, "flood"), What::kFlood);
  EXPECT_EQ(try_code(kAnna, "flood"), "invalid");
  EXPECT_EQ(try_code(kAnna, "too soon"), "invalid");
  EXPECT_EQ(try_code(kAnna, "sent"), "in");
}

// Somebody else's asking without the invitation must not void it: no other code would come.
TEST_F(LoginRulesTest, LeavesACodeThatWasSentToAnInvitedNewcomer) {
  EXPECT_EQ(ask(kBoris, "his", "invite"), What::kSend);
  now += kAskedAgainAfter;
  EXPECT_EQ(ask(kBoris, "a stranger's"), What::kNothing);
  EXPECT_EQ(try_code(kBoris, "a stranger's", "invite"), "invalid");
  EXPECT_EQ(try_code(kBoris, "his", "invite"), "in");
}

// Goal: nothing that a stranger sees, now or later, tells an address that is somebody's from one that is
// nobody's. Method: the same steps for all of them, by chance; after each the rows and the answers must be
// alike.
TEST_F(LoginRulesTest, LeavesTheSameRowsAndAnswersWhoeverHasTheAddress) {
  const Address invited{AddressKind::kEmail, "invited@example.org"};
  const std::vector<std::pair<Address, std::string>> all{
      {kAnna, ""}, {kBoris, ""}, {kVera, "unknown"}, {invited, "invite"}};
  messages_per_hour_max = 20;
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int floods = 0, refusals = 0;
  // What tells them apart is for ourselves.
  const auto state_of = [this](const Address& address) {
    auto state = rows.login_state(address.text).value_or(ports::LoginState{});
    state.code_sent = false;
    return state;
  };
  for (int step = 0; step < 5'000; ++step) {
    const auto wait = random() % 100;
    now += wait < 60 ? seconds(random() % 20) : wait < 98 ? seconds(random() % 600) : minutes(random() % 300);
    const auto code = std::to_string(random());
    const bool asks = random() % 3 == 0;
    if (asks && random() % 5 == 0) {
      for (int i = 0; i < 20; ++i) rows.add_message(now);
      ++floods;
    }
    // Half of the messages tell them apart no more than all.
    if (asks && random() % 5 == 0)
      for (int i = 0; i < 10; ++i) rows.add_message(now);
    std::vector<std::string> answers;
    for (const auto& [address, invite] : all) {
      if (asks) {
        // Messages are counted for all together, so that one who gets none must not find more room than the
        // one before. Those of an invitation have a case of their own; and one that runs out between two asks
        // leaves a code that was sent by it, which who shows it knows.
        const auto messages = rows.messages;
        ask(address, code, invite);
        rows.messages = messages;
        auto& used = rows.invites.find("invite")->second;
        used.messages = 0;
        used.expires_at = now + kInviteLife;
      } else {
        answers.push_back(try_code(address, "guess", invite));
      }
    }
    for (const auto& [address, invite] : all)
      ASSERT_EQ(state_of(address), state_of(kAnna)) << step << ' ' << address.text;
    if (asks) continue;
    ASSERT_EQ(answers, std::vector<std::string>(all.size(), answers.front())) << step;
    if (answers.front() == "too many") ++refusals;
  }
  EXPECT_GT(floods, 50);
  EXPECT_GT(refusals, 50);
}

// --- codes
// ---------------------------------------------------------------------------------------------------------

TEST_F(LoginRulesTest, RefusesEveryCodeThatWasNotSentAndKeepsNothingOfIt) {
  const auto before = rows;
  for (const auto& address : {kAnna, kBoris, kVera})
    for (const auto* code : {"code", "", "guess"}) EXPECT_EQ(try_code(address, code, "invite"), "invalid");
  EXPECT_TRUE(rows == before);
}

TEST_F(LoginRulesTest, RefusesTheCodeOfAnotherAddress) {
  EXPECT_EQ(ask(kAnna, "hers"), What::kSend);
  EXPECT_EQ(ask(kBoris, "his", "invite"), What::kSend);
  EXPECT_EQ(try_code(kAnna, "his"), "invalid");
  EXPECT_EQ(try_code(kBoris, "hers", "invite"), "invalid");
}

// trouble.md L01, one after the other, as the store runs them.
TEST_F(LoginRulesTest, LogsInOnceByTwentyRequestsWithTheRightCode) {
  EXPECT_EQ(ask(kAnna), What::kSend);
  int in = 0, invalid = 0;
  for (int i = 0; i < 20; ++i) (try_code(kAnna) == "in" ? in : invalid) += 1;
  EXPECT_EQ(in, 1);
  EXPECT_EQ(invalid, 19);
  EXPECT_EQ(rows.sessions.size(), 1u);
}

TEST_F(LoginRulesTest, RefusesTheRightCodeAfterFiftyGuesses) {
  EXPECT_EQ(ask(kAnna), What::kSend);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(try_code(kAnna, "guess"), "invalid");
  EXPECT_EQ(try_code(kAnna), "invalid");
  EXPECT_TRUE(rows.sessions.empty());
  EXPECT_EQ(rows.login_state(kAnna.text)->tries_full_at, now + 5 * kWrongTryForgottenAfter)
      << "five were counted";
}

TEST_F(LoginRulesTest, JudgesNoCodeAfterTwentyWrongOnesAndSaysWhenItWill) {
  const auto first = now;
  try_twenty_wrong_codes(kAnna);
  EXPECT_EQ(ask(kAnna), What::kSend);
  const auto outcome = verify(kAnna);
  ASSERT_TRUE(std::holds_alternative<TooManyTries>(outcome)) << verdict(outcome);
  EXPECT_EQ(std::get<TooManyTries>(outcome).again_at, first + hours(1));
}

// A stranger asks and guesses as much as they like: the owner waits for an hour at most.
TEST_F(LoginRulesTest, LetsTheOwnerInAnHourAfterAStrangerGuessed) {
  try_twenty_wrong_codes(kAnna);
  now += hours(1);
  EXPECT_EQ(ask(kAnna, "hers"), What::kSend);
  EXPECT_EQ(try_code(kAnna, "hers"), "in");
  now += kAskedAgainAfter;
  EXPECT_EQ(ask(kAnna), What::kSend);
  EXPECT_EQ(try_code(kAnna, "guess"), "invalid") << "a right code has cleared the account";
}

// The bound must be kept: else each try while the clock is behind would begin another hour.
TEST_F(LoginRulesTest, LetsTheOwnerInAnHourAfterTheClockWasSetBack) {
  try_twenty_wrong_codes(kAnna);
  now -= hours(24 * 10);
  for (int minute = 0; minute < 60; ++minute, now += minutes(1))
    EXPECT_EQ(try_code(kAnna), "too many") << minute;
  EXPECT_EQ(ask(kAnna), What::kSend);
  EXPECT_EQ(try_code(kAnna), "in");
}

// --- becoming a user
// -----------------------------------------------------------------------------------------------

TEST_F(LoginRulesTest, MakesNoUserWithoutAGoodInvitation) {
  policy = {Registration::kOpen, {}};
  for (const auto& [invite, why] :
       {std::pair{"", InviteVerdict::kUnknown}, std::pair{"no such", InviteVerdict::kUnknown}}) {
    policy.registration = Registration::kOpen;
    ask(kBoris);
    policy.registration = Registration::kInvite;
    expect_not_invited(verify(kBoris, "code", invite), why);
    EXPECT_EQ(try_code(kBoris, "code", invite), "invalid") << "the code is used up all the same";
    now += kAskedAgainAfter;
  }
  EXPECT_EQ(rows.users.size(), 1u);
  EXPECT_TRUE(rows.sessions.empty());
}

TEST_F(LoginRulesTest, MakesNoUserByAnInvitationThatRanOutMeanwhile) {
  now += kInviteLife - minutes(1);
  EXPECT_EQ(ask(kBoris, "code", "invite"), What::kSend);
  now += minutes(1);
  expect_not_invited(verify(kBoris, "code", "invite"), InviteVerdict::kExpired);
  EXPECT_FALSE(rows.invite("invite")->used_at);
}

TEST_F(LoginRulesTest, MakesAUserOfOneOfTwoWhoShareAnInvitation) {
  EXPECT_EQ(ask(kBoris, "his", "invite"), What::kSend);
  EXPECT_EQ(ask(kVera, "hers", "invite"), What::kSend);
  EXPECT_EQ(try_code(kBoris, "his", "invite"), "in");
  expect_not_invited(verify(kVera, "hers", "invite"), InviteVerdict::kUsed);
  EXPECT_EQ(rows.users.size(), 2u);
  EXPECT_EQ(rows.invite("invite")->used_at, now);
  EXPECT_EQ(rows.user(rows.invite("invite")->used_by)->phone, kBoris.text);
}

TEST_F(LoginRulesTest, UsesNoInvitationUpByAWrongCodeOrForWhoNeedsNone) {
  EXPECT_EQ(ask(kBoris, "code", "invite"), What::kSend);
  EXPECT_EQ(try_code(kBoris, "guess", "invite"), "invalid");
  EXPECT_EQ(ask(kAnna, "code", "invite"), What::kSend);
  EXPECT_EQ(try_code(kAnna, "code", "invite"), "in");
  policy = {Registration::kOpen, {}};
  EXPECT_EQ(ask(kVera, "code", "invite"), What::kSend);
  EXPECT_EQ(try_code(kVera, "code", "invite"), "in");
  EXPECT_FALSE(rows.invite("invite")->used_at);
}

TEST_F(LoginRulesTest, MakesAUserWithTheirAddressAndName) {
  name = "Вера Ёлкина";
  EXPECT_EQ(ask(kVera, "code", "invite"), What::kSend);
  const auto verified = std::get<Verified>(verify(kVera, "code", "invite"));
  const ports::User expected{.id = "user1",
                             .name = "Вера Ёлкина",
                             .name_key = "вера елкина",
                             .avatar = {},
                             .phone = {},
                             .email = kVera.text,
                             .created_at = now};
  EXPECT_EQ(verified.user, expected);
  EXPECT_EQ(*rows.user("user1"), expected);
  const ports::LoginSession session{.id = "session1",
                                    .user = "user1",
                                    .n = 1,
                                    .device = "phone",
                                    .rotated_at = now,
                                    .created_at = now,
                                    .ended_at = std::nullopt};
  EXPECT_EQ(verified.session, session);
  EXPECT_EQ(*rows.session("session1"), session);
  EXPECT_TRUE(verified.ended.empty());
}

TEST_F(LoginRulesTest, NamesAKnownUserOnlyIfTheyHaveNoName) {
  EXPECT_EQ(log_in(kAnna).user.name, "Anna");
  auto anna = *rows.user("anna");
  anna.name = anna.name_key = "";
  rows.put_user(anna);
  name = "";
  EXPECT_EQ(log_in(kAnna).user.name, "");
  name = "Аня";
  EXPECT_EQ(log_in(kAnna).user.name, "Аня");
  EXPECT_EQ(rows.user("anna")->name_key, "аня");
}

// --- sessions
// ------------------------------------------------------------------------------------------------------

TEST_F(LoginRulesTest, EndsTheSessionThatWasRefreshedLongestAgoForTheHundredAndFirst) {
  const auto fill = [this](const std::string& user, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = now - hours(1) + seconds(i);
      rows.put_session({.id = user + std::to_string(1'000 + i),
                        .user = user,
                        .n = 1,
                        .device = {},
                        .rotated_at = at,
                        .created_at = at,
                        .ended_at = std::nullopt});
    }
  };
  fill("anna", kSessionsPerUserMax - 1);
  fill("boris", kSessionsPerUserMax);
  EXPECT_TRUE(log_in(kAnna).ended.empty());
  const auto ended = log_in(kAnna).ended;
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended.front().id, "anna1000");
  EXPECT_EQ(ended.front().ended_at, now);
  EXPECT_EQ(rows.session("anna1000")->ended_at, now);
  EXPECT_EQ(rows.sessions_of("anna").size(), kSessionsPerUserMax);
  EXPECT_EQ(rows.sessions_of("boris").size(), kSessionsPerUserMax);
}

TEST_F(LoginRulesTest, RefreshesNoSessionThatIsNotThere) {
  const auto before = rows;
  const auto outcome = refresh(rows, {"session", 1, "signature"}, "phone", now);
  EXPECT_EQ(outcome.verdict, RefreshVerdict::kRefused);
  EXPECT_TRUE(rows == before);
}

TEST_F(LoginRulesTest, KeepsWhatComesOfARefresh) {
  const auto id = log_in(kAnna).session.id;
  now += minutes(50);
  EXPECT_EQ(refresh(rows, {id, 1, ""}, "phone", now).verdict, RefreshVerdict::kRotated);
  EXPECT_EQ(rows.session(id)->n, 2);
  EXPECT_EQ(rows.session(id)->rotated_at, now);
  const auto before = rows;
  const auto same = refresh(rows, {id, 1, ""}, "phone", now);
  EXPECT_EQ(same.verdict, RefreshVerdict::kSame);
  EXPECT_EQ(same.session, *rows.session(id));
  EXPECT_TRUE(rows == before);
  EXPECT_EQ(refresh(rows, {id, 1, ""}, "laptop", now).verdict, RefreshVerdict::kEnded);
  EXPECT_EQ(rows.session(id)->ended_at, now);
  EXPECT_EQ(refresh(rows, {id, 2, ""}, "phone", now).verdict, RefreshVerdict::kRefused);
}

TEST_F(LoginRulesTest, EndsASessionOnce) {
  const auto id = log_in(kAnna).session.id;
  EXPECT_FALSE(end_session(rows, "of somebody else's backend", now));
  EXPECT_TRUE(end_session(rows, id, now));
  EXPECT_TRUE(end_session(rows, id, now + hours(1)));
  EXPECT_EQ(rows.session(id)->ended_at, now);
  EXPECT_EQ(rows.sessions.size(), 1u);
}

// --- forgetting
// ----------------------------------------------------------------------------------------------------

TEST_F(LoginRulesTest, ForgetsNothingThatARuleWillAskFor) {
  try_twenty_wrong_codes(kAnna);
  const auto state = *rows.login_state(kAnna.text);
  const auto last = state.asked_at.back();
  now = state.tries_full_at - kInstant;
  forget_old(rows, now);
  EXPECT_EQ(rows.login_state(kAnna.text), state) << "a wrong try is still held against it";
  now = last + 20 * hours(1) + kCodeLife + kInstant;
  forget_old(rows, now);
  EXPECT_FALSE(rows.login_state(kAnna.text));
}

TEST_F(LoginRulesTest, ForgetsMessagesAfterAnHourAndInvitationsAfterThreeMonths) {
  EXPECT_EQ(ask(kAnna), What::kSend);
  const auto over_at = rows.invite("invite")->expires_at;
  now += hours(1);
  forget_old(rows, now);
  EXPECT_EQ(rows.messages.size(), 1u);
  forget_old(rows, now + kInstant);
  EXPECT_TRUE(rows.messages.empty());
  forget_old(rows, over_at + hours(24 * 90));
  EXPECT_TRUE(rows.invite("invite"));
  forget_old(rows, over_at + hours(24 * 90) + kInstant);
  EXPECT_FALSE(rows.invite("invite"));
}

TEST_F(LoginRulesTest, ForgetsSessionsThatNoTokenBelongsToAnyMore) {
  const auto ended = log_in(kAnna).session.id;
  const auto lives = log_in(kAnna).session.id;
  end_session(rows, ended, now);
  forget_old(rows, now + kRevokedFor);
  EXPECT_TRUE(rows.session(ended));
  forget_old(rows, now + kRevokedFor + kInstant);
  EXPECT_FALSE(rows.session(ended));
  forget_old(rows, now + kRefreshTokenLife);
  EXPECT_TRUE(rows.session(lives));
  forget_old(rows, now + kRefreshTokenLife + kInstant);
  EXPECT_FALSE(rows.session(lives));
  EXPECT_TRUE(rows.user("anna")) << "people are never forgotten";
}

}  // namespace
}  // namespace zvonok::accounts
