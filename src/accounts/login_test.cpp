#include "accounts/login.hpp"

#include <gmock/gmock.h>

#include "accounts/code_rules.hpp"
#include "ports/fake_account_store.hpp"
#include "ports/fake_code_sender.hpp"
#include "ports/fake_log.hpp"
#include "ports/fake_login_secrets.hpp"
#include "ports/fake_metrics.hpp"
#include "ports/fake_token_signer.hpp"

namespace zvonok::accounts {
namespace {

using base::hours;
using base::minutes;
using base::seconds;
using ports::AddressKind;
using ports::Counter;
using ports::LoginOutcome;
using ports::LoginVerdict;
using ports::StoreError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr base::Duration kInstant{1};
constexpr std::size_t kMessagesMax = 50, kUninvitedMax = 25;

Address phone(int number) {
  return {AddressKind::kPhone, "+7999" + std::to_string(1'000'000 + number)};
}
const Address kAnna = phone(1);

class LoginTest : public ::testing::Test {
 protected:
  LoginTest() {
    store.rows.put_invite({.token_hash = secrets.invite_hash("good"),
                           .expires_at = wall + kInviteLife,
                           .used_at = std::nullopt,
                           .used_by = {}});
  }

  LoginPorts ports() {
    return {.store = store,
            .secrets = secrets,
            .signer = signer,
            .sender = sender,
            .log = log,
            .metrics = metrics,
            .revoked = revoked,
            .wall_now = [this] { return wall; },
            .mono_now = [this] { return mono; },
            .close_sockets = [this](const std::string& session) { closed.push_back(session); }};
  }
  void pass(base::Duration time) {
    wall += time;
    mono += time;
  }

  /// The code that was sent; "": none was; "unavailable"; "no answer".
  std::string ask(const Address& address, std::optional<base::IpAddress> from = std::nullopt,
                  const std::string& invite = {}) {
    std::string answer = "no answer";
    login.ask({.address = address, .invite = invite, .language = ports::Language::kRussian, .client = from},
              [&answer](const auto& sent) {
                EXPECT_EQ(answer, "no answer") << "it answers once";
                answer = !sent ? "unavailable" : *sent ? (*sent)->reveal() : "";
              });
    return answer;
  }
  /// A verdict; nullopt: unavailable, or no answer.
  std::optional<Login::Verdict> verify(const Address& address, const std::string& code,
                                       const std::string& invite = {}) {
    std::optional<Login::Verdict> answer;
    login.verify({.address = address,
                  .code = base::Redacted(code),
                  .invite = invite,
                  .name = "Anna",
                  .device = "phone"},
                 [&answer](const auto& verdict) {
                   if (verdict) answer = *verdict;
                 });
    return answer;
  }
  Login::LoggedIn log_in(const Address& address) {
    const auto verdict = verify(address, ask(address), "good");
    EXPECT_TRUE(verdict && std::holds_alternative<Login::LoggedIn>(*verdict));
    return verdict ? std::get<Login::LoggedIn>(*verdict) : Login::LoggedIn{};
  }
  /// The pair that came of it; nullopt: none.
  std::optional<Tokens> refresh(const std::string& token, const std::string& device = "phone") {
    std::optional<Tokens> pair;
    bool answered = false;
    login.refresh(token, device, [&](const auto& tokens) {
      EXPECT_FALSE(std::exchange(answered, true)) << "it answers once";
      if (tokens) pair = *tokens;
    });
    return pair;
  }
  static base::IpAddress from(const std::string& text) { return *base::IpAddress::parse(text); }
  std::uint64_t codes(LoginOutcome outcome) const {
    return metrics.count(Counter::kLoginCodes, static_cast<std::size_t>(outcome));
  }
  std::uint64_t logins(LoginVerdict verdict) const {
    return metrics.count(Counter::kLogins, static_cast<std::size_t>(verdict));
  }
  static std::string access(const std::optional<Tokens>& tokens) {
    return tokens ? tokens->access.reveal() : "none";
  }
  static std::string renewal(const std::optional<Tokens>& tokens) {
    return tokens ? tokens->refresh.reveal() : "none";
  }

  base::WallTime wall{seconds(1'700'000'000) + base::Duration(789)};
  base::MonoTime mono{hours(100)};
  ports::FakeAccountStore store;
  ports::FakeLoginSecrets secrets;
  ports::FakeTokenSigner signer;
  ports::FakeCodeSender sender;
  ports::FakeLog log;
  ports::FakeMetrics metrics;
  RevokedSessions revoked;
  std::vector<std::string> closed;
  Login login{{.registration = {Registration::kOpen, {}}, .messages_per_hour_max = kMessagesMax}, ports()};
};

class InvitedLoginTest : public LoginTest {
 protected:
  InvitedLoginTest() {
    store.rows.users["anna"] = {.id = "anna",
                                .name = {},
                                .name_key = {},
                                .avatar = {},
                                .phone = kAnna.text,
                                .email = {},
                                .created_at = wall};
  }

  std::string ask(const Address& address, const std::string& invite = {}) {
    std::string answer = "no answer";
    invited.ask(
        {.address = address, .invite = invite, .language = ports::Language::kEnglish, .client = client},
        [&answer](const auto& sent) { answer = !sent   ? "unavailable"
                                               : *sent ? (*sent)->reveal()
                                                       : ""; });
    return answer;
  }

  std::optional<base::IpAddress> client = from("192.0.2.1");
  Login invited{{.registration = {}, .messages_per_hour_max = kMessagesMax}, ports()};
};

// --- codes
// ---------------------------------------------------------------------------------------------------------

TEST_F(InvitedLoginTest, SendsNothingToWhoIsNotInvitedAndAnswersAlike) {
  EXPECT_EQ(ask(phone(2)), "");
  EXPECT_EQ(ask(phone(3), "no such invitation"), "");
  EXPECT_THAT(sender.messages, IsEmpty());
  EXPECT_THAT(log.lines, IsEmpty());
  EXPECT_EQ(codes(LoginOutcome::kLimited), 0u);
}

TEST_F(InvitedLoginTest, SendsToWhoIsKnownAndToWhoIsInvited) {
  EXPECT_EQ(ask(kAnna), "000001");
  EXPECT_EQ(ask(phone(2), "good"), "000002");
  EXPECT_EQ(sender.code_of(kAnna.text), "000001");
  EXPECT_EQ(sender.code_of(phone(2).text), "000002");
}

// Else who has nineteen messages left could tell by the twentieth whether the ones between were sent.
TEST_F(InvitedLoginTest, CountsAgainstAClientAlsoWhatIsNotSent) {
  for (int i = 0; i < 19; ++i, pass(seconds(1))) EXPECT_EQ(ask(phone(100 + i)), "");
  EXPECT_NE(ask(kAnna), "");
  EXPECT_EQ(ask(phone(2), "good"), "") << "it has asked twenty times";
  EXPECT_EQ(codes(LoginOutcome::kLimited), 1u);
  pass(hours(1) - seconds(19));
  EXPECT_NE(ask(phone(2), "good"), "");
}

TEST_F(InvitedLoginTest, LooksAtNothingForAClientThatTriesTwentyAddresses) {
  for (std::size_t i = 0; i < Login::kAsksPerClientPerHourMax; ++i)
    EXPECT_EQ(ask(phone(static_cast<int>(100 + i))), "");
  EXPECT_EQ(ask(kAnna), "") << "though she is known";
  EXPECT_EQ(codes(LoginOutcome::kLimited), 1u);
  EXPECT_FALSE(store.rows.login_state(kAnna.text)) << "it uses up none of hers";
  pass(hours(1));
  EXPECT_NE(ask(kAnna), "");
}

TEST_F(LoginTest, SendsAClientTwentyCodesAnHourExactly) {
  const auto client = from("192.0.2.1");
  for (int i = 0; i < 20; ++i, pass(seconds(1))) EXPECT_NE(ask(phone(i), client), "") << i;
  for (int i = 20; i < 60; ++i) EXPECT_EQ(ask(phone(i), client), "") << i;
  EXPECT_EQ(codes(LoginOutcome::kLimited), 40u);
  EXPECT_NE(ask(phone(60), from("192.0.2.2")), "") << "somebody else";
  pass(hours(1) - seconds(20) - kInstant);
  EXPECT_EQ(ask(phone(61), client), "");
  pass(kInstant);
  EXPECT_NE(ask(phone(62), client), "") << "an hour after the first";
  EXPECT_EQ(ask(phone(63), client), "");
}

TEST_F(LoginTest, SendsTwentyAlsoWhenAllAreAskedForAtOnce) {
  store.answer_later();
  const auto client = from("192.0.2.1");
  int answers = 0;
  for (int i = 0; i < 40; ++i)
    login.ask({.address = phone(i), .invite = {}, .language = {}, .client = client},
              [&answers](const auto& sent) { answers += sent ? 1 : 0; });
  EXPECT_EQ(answers, 0);
  store.answer_waiting();
  EXPECT_EQ(answers, 40);
  EXPECT_EQ(sender.messages.size(), 20u);
}

TEST_F(LoginTest, CountsAHouseholdOfIpv6ForOneClient) {
  for (int i = 0; i < 20; ++i) EXPECT_NE(ask(phone(i), from("2001:db8::" + std::to_string(i + 1))), "");
  EXPECT_EQ(ask(phone(20), from("2001:db8::ffff")), "");
  EXPECT_NE(ask(phone(20), from("2001:db8:0:1::1")), "");
}

TEST_F(LoginTest, LimitsNoClientThatIsExempt) {
  for (int i = 0; i < static_cast<int>(kUninvitedMax); ++i) EXPECT_NE(ask(phone(i)), "");
}

TEST_F(LoginTest, SendsTheCodeInTheLanguageOfWhoAsks) {
  ask({AddressKind::kEmail, "anna@example.org"});
  ASSERT_EQ(sender.messages.size(), 1u);
  EXPECT_EQ(sender.messages.front().kind, AddressKind::kEmail);
  EXPECT_EQ(sender.messages.front().address, "anna@example.org");
  EXPECT_EQ(sender.messages.front().code.reveal(), "000001");
  EXPECT_EQ(sender.messages.front().language, ports::Language::kRussian);
}

TEST_F(LoginTest, SendsOnceWhatTheStoreRanTwice) {
  store.run_twice();
  EXPECT_EQ(ask(kAnna), "000001");
  EXPECT_EQ(sender.messages.size(), 1u);
  EXPECT_EQ(store.rows.messages.size(), 1u);
}

TEST_F(LoginTest, KeepsNoCodeAsItIs) {
  ask(kAnna);
  EXPECT_EQ(store.rows.login_state(kAnna.text)->code_hash, secrets.code_hashes(kAnna.text, "000001").front());
}

TEST_F(LoginTest, StopsAFloodAndLogsItOnceAnHour) {
  for (int i = 0; i < static_cast<int>(kUninvitedMax); ++i) EXPECT_NE(ask(phone(i)), "");
  for (int i = 100; i < 130; ++i) EXPECT_EQ(ask(phone(i)), "");
  EXPECT_EQ(codes(LoginOutcome::kLimited), 30u) << "each is counted once";
  ASSERT_EQ(log.lines.size(), 1u);
  EXPECT_THAT(log.lines.front(), HasSubstr("kept for users"));
  EXPECT_EQ(log.levels.front(), ports::LogLevel::kError);
  EXPECT_THAT(log.lines.front(), HasSubstr("login.max_messages_per_hour"));
  EXPECT_THAT(log.lines.front(), HasSubstr("=50"));
  pass(hours(1) - kInstant);
  EXPECT_EQ(ask(phone(131)), "");
  EXPECT_EQ(log.lines.size(), 1u);
  pass(kInstant);
  for (int i = 200; i <= 200 + static_cast<int>(kMessagesMax); ++i) ask(phone(i));
  EXPECT_EQ(log.lines.size(), 2u);
}

TEST_F(LoginTest, LogsAlsoThatUsersGetNoMore) {
  for (int i = 0; i < 40; ++i) ask(phone(i));
  for (std::size_t i = 0; i < kMessagesMax; ++i) store.rows.add_message(wall);
  ask(phone(100));
  ask(phone(101));
  ASSERT_EQ(log.lines.size(), 2u);
  EXPECT_THAT(log.lines.back(), HasSubstr("to anybody"));
}

/// Quick enough for thousands of transactions: it keeps what a rule did before it threw.
struct QuickStore final : ports::AccountStore {
  void transact(Rule rule, Done done) override {
    rule(rows);
    done({});
  }
  ports::MemoryAccountRows rows;
};

class CrowdedLoginTest : public LoginTest {
 protected:
  CrowdedLoginTest() {
    quick.rows.put_user({.id = "anna", .phone = kAnna.text});
    quick.rows.put_invite({.token_hash = secrets.invite_hash("good"), .expires_at = wall + kInviteLife});
  }
  std::string ask(const Address& address, const base::IpAddress& client, const std::string& invite = {}) {
    std::string answer = "no answer";
    busy.ask({.address = address, .invite = invite, .language = {}, .client = client},
             [&answer](const auto& sent) { answer = sent && *sent ? (*sent)->reveal() : ""; });
    return answer;
  }
  static base::IpAddress household(int number) {
    return from("2001:db8:0:" + std::to_string(number) + "::1");
  }
  /// As many made-up addresses as can be remembered.
  void make_a_crowd() {
    for (int i = 0; i < static_cast<int>(Login::kAsksPerHourMax); ++i)
      ask(phone(100 + i), household(i % 7'000));
  }

  QuickStore quick;
  Login busy{
      {.registration = {Registration::kDomains, {"example.org"}}, .messages_per_hour_max = kMessagesMax},
      {quick, secrets, signer, sender, log, metrics, revoked, [this] { return wall; },
       [this] { return mono; }, [](const auto&) {}}};
};

TEST_F(CrowdedLoginTest, RemembersOnlySoManyAddressesOfAnHourAndSaysSoOnce) {
  make_a_crowd();
  EXPECT_EQ(quick.rows.login_states.size(), Login::kAsksPerHourMax);
  EXPECT_THAT(log.lines, IsEmpty());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(ask(phone(200'000 + i), household(7'000 + i)), "");
  EXPECT_EQ(quick.rows.login_states.size(), Login::kAsksPerHourMax + 1);
  EXPECT_THAT(log.lines, IsEmpty()) << "nobody was refused what they would have had";
  for (int i = 0; i < 3; ++i, pass(kAskedAgainAfter))
    ask({AddressKind::kEmail, "new@example.org"}, household(1));
  ASSERT_EQ(log.lines.size(), 1u);
  EXPECT_EQ(log.levels.front(), ports::LogLevel::kError);
  EXPECT_THAT(log.lines.front(), HasSubstr("the proxy"));
}

TEST_F(CrowdedLoginTest, SendsToWhoIsKnownOrInvitedAllTheSame) {
  EXPECT_NE(ask({AddressKind::kEmail, "first@example.org"}, household(7'001)), "");
  make_a_crowd();
  EXPECT_NE(ask(kAnna, household(7'001)), "");
  EXPECT_NE(ask(phone(2), household(7'001), "good"), "");
  EXPECT_EQ(ask({AddressKind::kEmail, "second@example.org"}, household(7'001)), "");
  EXPECT_EQ(codes(LoginOutcome::kLimited), 1u);
}

// Else those who try again while it is down would be a crowd when it is back.
TEST_F(LoginTest, CountsNoAskThatFailed) {
  store.fall_sick();
  for (std::size_t i = 0; i < Login::kAsksPerHourMax; ++i) ask(kAnna);
  store.get_well();
  EXPECT_NE(ask(kAnna), "");
  EXPECT_THAT(log.lines, IsEmpty());
}

// --- a store or a sender that is sick
// ------------------------------------------------------------------------------

TEST_F(LoginTest, SaysThatTheStoreIsSickAndSendsNothing) {
  store.fall_sick();
  EXPECT_EQ(ask(kAnna), "unavailable");
  EXPECT_EQ(verify(kAnna, "000001"), std::nullopt);
  EXPECT_THAT(sender.messages, IsEmpty());
  int sick = 0;
  const auto count = [&sick](const auto& result) {
    sick += !result && result.error() == StoreError::kUnavailable ? 1 : 0;
  };
  login.refresh("session.1." + secrets.sign_refresh("session", 1), "", count);
  login.log_out("session", count);
  login.look_at_invite("good", count);
  EXPECT_EQ(sick, 3);
  EXPECT_THAT(closed, IsEmpty());
  EXPECT_FALSE(revoked.holds("session"));
}

// Else a client could tell from a 503 where a 202 is due that it is over its limit, or the other way round.
TEST_F(LoginTest, SaysThatTheStoreIsSickAlsoToWhoIsOverALimit) {
  const auto client = from("192.0.2.1");
  for (int i = 0; i < 20; ++i) EXPECT_NE(ask(phone(i), client), "");
  store.fall_sick();
  EXPECT_EQ(ask(phone(20), client), "unavailable");
}

TEST_F(LoginTest, GivesAClientThePlacesBackThatASickStoreTook) {
  const auto client = from("192.0.2.1");
  store.fall_sick();
  for (int i = 0; i < 40; ++i) EXPECT_EQ(ask(phone(i), client), "unavailable");
  store.get_well();
  for (int i = 0; i < 20; ++i) EXPECT_NE(ask(phone(i), client), "") << i;
  EXPECT_EQ(ask(phone(20), client), "");
}

TEST_F(LoginTest, LogsWhyACodeWasNotSentAndAnswersAlike) {
  sender.fail("login.sms.url answers with status 500");
  EXPECT_EQ(ask(kAnna), "000001") << "nobody learns of it but the operator";
  EXPECT_THAT(log.lines, ElementsAre("no login code was sent error=login.sms.url answers with status 500"));
  EXPECT_EQ(codes(LoginOutcome::kNotSent), 1u);
  sender.fail(std::nullopt);
  ask(phone(2));
  EXPECT_EQ(codes(LoginOutcome::kSent), 1u);
}

TEST_F(LoginTest, AnswersBeforeTheSenderDoes) {
  sender.answer_later();
  EXPECT_EQ(ask(kAnna), "000001");
  EXPECT_EQ(codes(LoginOutcome::kSent), 0u);
  sender.answer_waiting();
  EXPECT_EQ(codes(LoginOutcome::kSent), 1u);
}

// --- showing a code
// ------------------------------------------------------------------------------------------------

TEST_F(LoginTest, RefusesAWrongCodeAndOneThatWasUsed) {
  const auto code = ask(kAnna);
  EXPECT_TRUE(std::holds_alternative<InvalidCode>(*verify(kAnna, "999999")));
  EXPECT_TRUE(std::holds_alternative<Login::LoggedIn>(*verify(kAnna, code)));
  EXPECT_TRUE(std::holds_alternative<InvalidCode>(*verify(kAnna, code)));
  EXPECT_EQ(logins(LoginVerdict::kInvalidCode), 2u);
  EXPECT_EQ(logins(LoginVerdict::kLoggedIn), 1u);
}

TEST_F(LoginTest, SaysWhenACodeWillBeJudgedAgain) {
  for (int i = 0; i < 4; ++i, pass(kAskedAgainAfter)) {
    ask(kAnna);
    for (int k = 0; k < 5; ++k) verify(kAnna, "999999");
  }
  ask(kAnna);
  const auto verdict = verify(kAnna, sender.code_of(kAnna.text));
  ASSERT_TRUE(std::holds_alternative<TooManyTries>(*verdict));
  EXPECT_EQ(std::get<TooManyTries>(*verdict).again_at, wall - 4 * kAskedAgainAfter + hours(1));
  EXPECT_EQ(logins(LoginVerdict::kTooManyTries), 1u);
}

TEST_F(InvitedLoginTest, SaysWhyAnInvitationIsNoGood) {
  const auto code = ask(phone(2), "good");
  std::optional<InviteVerdict> why;
  invited.verify(
      {.address = phone(2), .code = base::Redacted(code), .invite = "another", .name = {}, .device = {}},
      [&why](const auto& verdict) {
        ASSERT_TRUE(verdict && std::holds_alternative<NotInvited>(*verdict));
        why = std::get<NotInvited>(*verdict).why;
      });
  EXPECT_EQ(why, InviteVerdict::kUnknown);
  EXPECT_EQ(logins(LoginVerdict::kNotInvited), 1u);
}

TEST_F(LoginTest, LogsInWithTokensThatFollowFromTheSession) {
  const auto logged_in = log_in(kAnna);
  const auto issued = std::chrono::floor<seconds>(wall);
  EXPECT_EQ(logged_in.user.name, "Anna");
  EXPECT_EQ(logged_in.user.phone, kAnna.text);
  EXPECT_EQ(logged_in.tokens.access_expires_at, issued + hours(1));
  const auto& session = store.rows.sessions.begin()->second;
  EXPECT_EQ(session.user, logged_in.user.id);
  EXPECT_EQ(session.device, "phone");
  EXPECT_EQ(logged_in.tokens.access.reveal(),
            "for:" + session.user + " until:1700003600 session:" + session.id + " id:" + session.id + ".1");
  EXPECT_EQ(logged_in.tokens.refresh.reveal(), session.id + ".1." + secrets.sign_refresh(session.id, 1));
  EXPECT_EQ(logins(LoginVerdict::kLoggedIn), 1u);
}

TEST_F(LoginTest, LogsALoginWithoutAWordOfWhoItWas) {
  log_in(kAnna);
  EXPECT_THAT(log.lines, ElementsAre("somebody logged in"));
}

TEST_F(LoginTest, LogsInWithWhatTheLastRunHasKept) {
  store.run_twice();
  const auto logged_in = log_in(kAnna);
  EXPECT_EQ(store.rows.users.size(), 1u);
  EXPECT_EQ(store.rows.sessions.size(), 1u);
  EXPECT_EQ(store.rows.users.begin()->first, logged_in.user.id);
}

TEST_F(LoginTest, TakesACodeThatWasSentBeforeTheSecretChanged) {
  const auto code = ask(kAnna);
  secrets.change_secret();
  EXPECT_TRUE(std::holds_alternative<Login::LoggedIn>(*verify(kAnna, code)));
}

TEST_F(LoginTest, ClosesTheSocketsOfTheSessionThatHadToGo) {
  std::vector<std::string> sessions;
  for (std::size_t i = 0; i < kSessionsPerUserMax; ++i, pass(hours(1))) {
    log_in(kAnna);
    for (const auto& [id, session] : store.rows.sessions)
      if (session.created_at == wall) sessions.push_back(id);
  }
  EXPECT_THAT(closed, IsEmpty());
  log_in(kAnna);
  EXPECT_THAT(closed, ElementsAre(sessions.front()));
  EXPECT_TRUE(revoked.holds(sessions.front()));
}

// --- refreshing
// ----------------------------------------------------------------------------------------------------

TEST_F(LoginTest, RefreshesNothingByATokenThatIsNotOursAndAsksNobody) {
  const auto token = log_in(kAnna).tokens.refresh.reveal();
  const auto asked = store.asked;
  for (const auto& text : {std::string(), std::string("junk"), token + "x", token.substr(1), "x" + token,
                           std::string("session.1.signature"), std::string(1'000'000, '.')})
    EXPECT_EQ(renewal(refresh(text)), "none") << text.substr(0, 40);
  EXPECT_EQ(store.asked, asked);
  EXPECT_THAT(closed, IsEmpty());
}

TEST_F(LoginTest, RefreshesToANewPair) {
  const auto first = log_in(kAnna).tokens;
  pass(minutes(50));
  const auto second = refresh(first.refresh.reveal());
  ASSERT_TRUE(second);
  EXPECT_NE(access(second), first.access.reveal());
  EXPECT_THAT(renewal(second), HasSubstr(".2."));
  EXPECT_EQ(second->access_expires_at, std::chrono::floor<seconds>(wall) + hours(1));
  EXPECT_TRUE(refresh(renewal(second)));
}

// Nothing of ours writes such an id, but a hand or a broken disk may.
TEST_F(LoginTest, GivesNoTokensToAUserWhoseIdIsNone) {
  const auto in = log_in(kAnna);
  auto session = store.rows.sessions_of(in.user.id).front();
  session.user = "";
  store.rows.put_session(session);
  std::optional<StoreError> error;
  login.refresh(in.tokens.refresh.reveal(), "phone", [&error](const auto& tokens) {
    ASSERT_FALSE(tokens);
    error = tokens.error();
  });
  EXPECT_EQ(error, StoreError::kUnavailable);
  EXPECT_TRUE(log.holds("see the tables users and login_sessions"));

  store.rows.users["nobody"] = store.rows.users.at(in.user.id);
  store.rows.users["nobody"].id = "";
  store.rows.users.erase(in.user.id);
  pass(minutes(1));
  const auto code = ask(kAnna);
  const auto lines = log.lines.size();
  const auto logins_before = logins(LoginVerdict::kLoggedIn);
  EXPECT_FALSE(verify(kAnna, code));
  ASSERT_EQ(log.lines.size(), lines + 1);
  EXPECT_THAT(log.lines.back(), HasSubstr("see the tables users and login_sessions"));
  EXPECT_EQ(logins(LoginVerdict::kLoggedIn), logins_before);
}

// trouble.md L02: tabs of one browser, and a client whose answer was lost.
TEST_F(LoginTest, AnswersTenRefreshesAtOnceWithTheSamePair) {
  auto token = log_in(kAnna).tokens.refresh.reveal();
  for (int round = 0; round < 200; ++round, pass(minutes(1))) {
    const auto winner = refresh(token);
    ASSERT_TRUE(winner);
    for (int tab = 0; tab < 9; ++tab, pass(seconds(3))) {
      const auto other = refresh(token);
      ASSERT_EQ(access(other), access(winner));
      ASSERT_EQ(renewal(other), renewal(winner));
    }
    token = renewal(winner);
  }
  EXPECT_EQ(store.rows.sessions.size(), 1u);
  EXPECT_EQ(store.rows.sessions.begin()->second.n, 201);
  EXPECT_THAT(closed, IsEmpty());
}

TEST_F(LoginTest, AnswersTheSamePairAfterARestart) {
  const auto token = log_in(kAnna).tokens.refresh.reveal();
  const auto winner = refresh(token);

  Login restarted({.registration = {}, .messages_per_hour_max = kMessagesMax}, ports());
  std::string same;
  restarted.refresh(token, "phone", [&same](const auto& tokens) {
    same = tokens && *tokens ? (*tokens)->refresh.reveal() : "none";
  });
  EXPECT_EQ(same, renewal(winner));
}

TEST_F(LoginTest, EndsTheSessionOnBothSidesByAStolenToken) {
  const auto first = log_in(kAnna).tokens.refresh.reveal();
  const auto id = store.rows.sessions.begin()->first;
  const auto second = refresh(first);
  pass(seconds(30));
  EXPECT_EQ(renewal(refresh(first)), "none") << "the thief";
  EXPECT_THAT(closed, ElementsAre(id));
  EXPECT_TRUE(revoked.holds(id));
  EXPECT_EQ(renewal(refresh(renewal(second))), "none") << "the owner";
  EXPECT_THAT(closed, ElementsAre(id)) << "once";
  ASSERT_EQ(log.levels.back(), ports::LogLevel::kWarn);
  EXPECT_THAT(log.lines.back(), HasSubstr("refresh token came twice"));
  EXPECT_FALSE(log.holds(first));
  EXPECT_FALSE(log.holds(id));
}

TEST_F(LoginTest, EndsTheSessionByTheSameTokenOfAnotherDevice) {
  const auto token = log_in(kAnna).tokens.refresh.reveal();
  EXPECT_TRUE(refresh(token, "phone"));
  EXPECT_EQ(renewal(refresh(token, "laptop")), "none");
  EXPECT_EQ(closed.size(), 1u);
}

TEST_F(LoginTest, RefreshesByATokenThatWasSignedBeforeTheSecretChanged) {
  const auto token = log_in(kAnna).tokens.refresh.reveal();
  secrets.change_secret();
  const auto second = refresh(token);
  ASSERT_TRUE(second);
  secrets.change_secret();
  EXPECT_TRUE(refresh(renewal(second))) << "the successor was signed by the new one";
  secrets.change_secret();
  EXPECT_EQ(renewal(refresh(token)), "none");
}

// --- logging out
// ---------------------------------------------------------------------------------------------------

TEST_F(LoginTest, LogsOutOneSessionAndNoOther) {
  const auto first = log_in(kAnna).tokens.refresh.reveal();
  const auto id = store.rows.sessions.begin()->first;
  pass(minutes(1));
  const auto second = log_in(kAnna).tokens.refresh.reveal();
  bool done = false;
  login.log_out(id, [&done](const auto& ended) { done = ended.has_value(); });
  EXPECT_TRUE(done);
  EXPECT_THAT(closed, ElementsAre(id));
  EXPECT_TRUE(revoked.holds(id));
  EXPECT_EQ(store.rows.session(id)->ended_at, wall);
  EXPECT_EQ(renewal(refresh(first)), "none");
  EXPECT_TRUE(refresh(second));
}

TEST_F(LoginTest, RevokesASessionUntilItsLastTokenIsOver) {
  log_in(kAnna);
  const auto id = store.rows.sessions.begin()->first;
  login.log_out(id, [](const auto&) {});
  for (int i = 0; i < 1'100; ++i)
    revoked.add("other" + std::to_string(i), wall + hours(3), wall + hours(1) + seconds(30));
  EXPECT_TRUE(revoked.holds(id)) << "with the leeway that its expiry is given";
}

TEST_F(LoginTest, LogsOutNoSessionOfSomebodyElsesBackend) {
  bool done = false;
  login.log_out("theirs", [&done](const auto& ended) { done = ended.has_value(); });
  EXPECT_TRUE(done);
  EXPECT_THAT(closed, IsEmpty());
  EXPECT_FALSE(revoked.holds("theirs"));
  EXPECT_TRUE(store.rows.sessions.empty());
}

// --- invitations and forgetting
// ------------------------------------------------------------------------------------

TEST_F(LoginTest, LooksAtAnInvitationAndChangesNothing) {
  auto used = *store.rows.invite(secrets.invite_hash("good"));
  used.token_hash = secrets.invite_hash("used");
  used.used_at = wall;
  store.rows.put_invite(used);
  const auto before = store.rows;
  const auto look = [this](const std::string& token) {
    std::optional<Login::InviteState> state;
    login.look_at_invite(token, [&state](const auto& found) {
      if (found) state = *found;
    });
    return *state;
  };
  EXPECT_EQ(look("").verdict, InviteVerdict::kUnknown);
  EXPECT_EQ(look("no such").verdict, InviteVerdict::kUnknown);
  EXPECT_EQ(look("used").verdict, InviteVerdict::kUsed);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(look("good").verdict, InviteVerdict::kGood);
  EXPECT_EQ(look("good").expires_at, wall + kInviteLife);
  EXPECT_TRUE(store.rows == before);
  pass(kInviteLife);
  EXPECT_EQ(look("good").verdict, InviteVerdict::kExpired);
}

}  // namespace
}  // namespace zvonok::accounts
