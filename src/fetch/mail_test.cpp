// Mail to a server of our own on loopback, in the clear. TLS is tried over the wire, with certificates.
#include "fetch/mail.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <optional>

#include "base/test_owner.hpp"
#include "fetch/mailer.hpp"
#include "fetch/test_mail_server.hpp"

namespace zvonok::fetch {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Far less than a mail of these tests may take, and far more than a second on a busy machine.
constexpr std::chrono::seconds kSoon{20};

class MailTest : public ::testing::Test {
 protected:
  Mail mail() const {
    return {.url = server.url(),
            .start_tls = StartTls::kNone,
            .ca_file = {},
            .user = {},
            .password = {},
            .greeting = "example.org",
            .from = "calls@example.org",
            .to = "anna@example.com",
            .text = base::Redacted(std::string("Subject: x\r\n\r\n493817\r\n.\r\n..dots\r\n")),
            .at_most = base::seconds(60)};
  }

  MailAnswer answer_to(Mail what) {
    std::optional<MailAnswer> answer;
    mailer->send(std::move(what), [&](MailAnswer came) { answer = std::move(came); });
    while (!answer) owner.run_one();
    return *answer;
  }
  MailFailure failure_of(Mail what) {
    const auto answer = answer_to(std::move(what));
    return answer ? MailFailure{.why = "it was taken"} : answer.error();
  }
  MailFailure failure_with(TestReplies replies) {
    server.reply(std::move(replies));
    return failure_of(mail());
  }

  TestMailServer server;
  base::TestOwner owner;
  std::optional<Mailer> mailer{std::in_place,
                               [this](std::function<void()> call) { owner.post(std::move(call)); }};
};

TEST_F(MailTest, ArrivesAsItWasWritten) {
  const auto answer = answer_to(mail());
  ASSERT_TRUE(answer) << answer.error().why;
  ASSERT_THAT(server.mails(), SizeIs(1));
  const TestMail arrived = server.mails().front();
  EXPECT_EQ(arrived.greeting, "example.org");
  EXPECT_THAT(arrived.from, StartsWith("FROM:<calls@example.org>"));
  EXPECT_EQ(arrived.to, "TO:<anna@example.com>");
  EXPECT_EQ(arrived.text, mail().text.reveal());
}

TEST_F(MailTest, EachComesWithAConnectionOfItsOwnAndSaysFarewell) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(answer_to(mail()));
  EXPECT_EQ(server.connections(), 3);
  EXPECT_THAT(server.commands(), Contains("QUIT").Times(3));
}

TEST_F(MailTest, LogsInWhenThereIsAUser) {
  Mail what = mail();
  what.user = "calls";
  what.password = base::Redacted(std::string("hunter2"));
  ASSERT_TRUE(answer_to(what));
  // base64 of \0calls\0hunter2 (RFC 4616); libcurl sends it at once or when it is asked for.
  EXPECT_THAT(server.commands(), Contains(HasSubstr("AGNhbGxzAGh1bnRlcjI=")));
}

TEST_F(MailTest, TellsNothingToAServerThatHasNoStartTls) {
  Mail what = mail();
  what.start_tls = StartTls::kRequired;
  what.user = "calls";
  what.password = base::Redacted(std::string("hunter2"));
  const auto failure = failure_of(what);
  EXPECT_EQ(failure.why, "does not offer STARTTLS, and nothing is sent without");
  EXPECT_FALSE(failure.may_pass);
  EXPECT_THAT(server.commands(), Each(AllOf(Not(StartsWith("AUTH")), Not(StartsWith("MAIL")))));
}

TEST_F(MailTest, GoesAwayWhenStartTlsIsPromisedAndRefusedOrBroken) {
  Mail what = mail();
  what.start_tls = StartTls::kRequired;
  server.reply({{"EHLO", "250-test\r\n250 STARTTLS"}, {"STARTTLS", "454 not now"}});
  const auto refused = failure_of(what);
  EXPECT_THAT(refused.why, HasSubstr("454"));
  EXPECT_TRUE(refused.may_pass);
  TestMailServer other;
  other.reply({{"EHLO", "250-test\r\n250 STARTTLS"}, {"STARTTLS", "220 go on\r\n250 injected"}});
  what.url = other.url();
  EXPECT_THAT(failure_of(what).why, HasSubstr("does not answer ("));
  for (const auto& commands : {server.commands(), other.commands()})
    EXPECT_THAT(commands, Each(Not(StartsWith("MAIL"))));
}

TEST_F(MailTest, SaysWhatTheServerRefused) {
  for (const std::string verb : {"MAIL", "RCPT", "DATA", "."}) {
    for (const std::string code : {"451", "550"}) {
      TestMailServer refusing;
      refusing.reply({{verb, code + " anna@example.com is not welcome"}});
      Mail what = mail();
      what.url = refusing.url();
      const auto failure = failure_of(what);
      EXPECT_THAT(failure.why, StartsWith("answers " + code + " ("));
      EXPECT_THAT(failure.why, Not(HasSubstr("anna")));
      EXPECT_EQ(failure.may_pass, code == "451") << verb;
    }
  }
}

TEST_F(MailTest, SaysThatALoginWasRefusedAndNotWithWhat) {
  server.reply({{"AUTH", "535 no"}});
  Mail what = mail();
  what.user = "calls";
  what.password = base::Redacted(std::string("hunter2"));
  const auto failure = failure_of(what);
  EXPECT_THAT(failure.why, StartsWith("answers 535 ("));
  EXPECT_THAT(failure.why, AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("aHVudGVyMg"))));
  EXPECT_FALSE(failure.may_pass);
}

TEST_F(MailTest, TakesAServerThatIsFullForOneThatMayComeBack) {
  const auto failure = failure_with({{"", "421 too busy"}});
  EXPECT_THAT(failure.why, HasSubstr("421"));
  EXPECT_TRUE(failure.may_pass);
}

TEST_F(MailTest, TakesAConnectionThatBreaksForOneThatMayPass) {
  for (const std::string verb : {"", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    TestMailServer leaving;
    leaving.reply({{verb, kHangUp}});
    Mail what = mail();
    what.url = leaving.url();
    const auto failure = failure_of(what);
    EXPECT_THAT(failure.why, StartsWith("does not answer (")) << verb;
    EXPECT_TRUE(failure.may_pass) << verb << ": " << failure.why;
  }
  server.stop();
  const auto failure = failure_of(mail());
  EXPECT_THAT(failure.why, StartsWith("does not answer ("));
  EXPECT_TRUE(failure.may_pass);
}

TEST_F(MailTest, GivesUpInTimeWhereverTheServerHangs) {
  for (const std::string verb : {"", "EHLO", "MAIL", "DATA", "."}) {
    TestMailServer hanging;
    hanging.reply({{verb, kHang}});
    Mail what = mail();
    what.url = hanging.url();
    what.at_most = base::Duration(50);
    const auto failure = failure_of(what);
    EXPECT_EQ(failure.why, "has not answered within 50 ms") << verb;
    EXPECT_FALSE(failure.may_pass) << "who waits has waited long enough";
  }
}

TEST_F(MailTest, DoesNotWaitForAFarewell) {
  // Goal: libcurl waits for the answer to QUIT, 120 s by default.
  TestMailServer refusing;
  server.reply({{"QUIT", kHang}});
  refusing.reply({{"RCPT", "550 no"}, {"QUIT", kHang}});
  Mail refused = mail();
  refused.url = refusing.url();
  bool taken = false;
  std::string why;
  mailer->send(mail(), [&](const MailAnswer& answer) { taken = answer.has_value(); });
  mailer->send(refused, [&](const MailAnswer& answer) { why = answer ? "taken" : answer.error().why; });
  EXPECT_TRUE(owner.run_one_within(kSoon));
  EXPECT_TRUE(owner.run_one_within(kSoon));
  EXPECT_TRUE(taken);
  EXPECT_THAT(why, StartsWith("answers 550 ("));
}

TEST_F(MailTest, EndsAServerThatTalksWithoutEnd) {
  std::string babble;
  for (int i = 0; i < 2'000; ++i) babble += "250-" + std::string(70, 'x') + "\r\n";
  const auto failure = failure_with({{"EHLO", babble + "250 ok"}});
  // Debian's libcurl counts each line of such an answer with all before it, and may stop sooner than we do.
  EXPECT_THAT(failure.why,
              AnyOf(HasSubstr("more than 16384 bytes"), HasSubstr("Too large response headers")));
  TestMailServer no_line;
  no_line.reply({{"", std::string(1'000'000, 'x')}});
  Mail what = mail();
  what.url = no_line.url();
  EXPECT_THAT(failure_of(what).why, Not(HasSubstr("xxx")));
}

TEST_F(MailTest, AsksNobodyWithAnAddressThatIsACommand) {
  for (const std::string evil : {"", "a@example.org>\r\nRCPT TO:<b@example.org", "a\nb@example.org",
                                 "a b@example.org", "<a@example.org>"}) {
    Mail to = mail(), from = mail();
    to.to = evil;
    from.from = evil;
    EXPECT_THAT(failure_of(to).why, HasSubstr("was not asked"));
    EXPECT_THAT(failure_of(from).why, HasSubstr("was not asked"));
  }
  Mail greeted = mail();
  greeted.greeting = "x\r\nMAIL FROM:<>";
  EXPECT_THAT(failure_of(greeted).why, HasSubstr("was not asked"));
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(MailTest, SpeaksNothingButSmtp) {
  for (const std::string url :
       {"http://127.0.0.1:1", "file:///etc/passwd", "imap://127.0.0.1:1", "nonsense://x", ""}) {
    Mail what = mail();
    what.url = url;
    EXPECT_EQ(failure_of(what).why, "is neither an smtp:// nor an smtps:// URL");
  }
}

TEST_F(MailTest, LetsManyThrough) {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < Mailer::kMailsMax; ++i)
    mailer->send(mail(), [&](const MailAnswer& answer) { taken += answer ? 1 : 0; });
  for (std::size_t i = 0; i < Mailer::kMailsMax; ++i) owner.run_one();
  EXPECT_EQ(taken, Mailer::kMailsMax);
  EXPECT_THAT(server.mails(), SizeIs(Mailer::kMailsMax));
}

TEST_F(MailTest, IsNotHeldUpByAnotherWhoseServerHangs) {
  TestMailServer hanging;
  hanging.reply({{".", kHang}});
  Mail slow = mail();
  slow.url = hanging.url();
  mailer->send(slow, [](const MailAnswer&) { FAIL() << "it came before the other"; });
  EXPECT_TRUE(answer_to(mail()));
}

TEST_F(MailTest, TakesABoundedNumberAtATime) {
  server.reply({{"", kHang}});
  for (std::size_t i = 0; i < Mailer::kMailsMax; ++i) mailer->send(mail(), [](const MailAnswer&) {});
  const auto failure = failure_of(mail());
  EXPECT_THAT(failure.why, HasSubstr("too much is asked for"));
  EXPECT_FALSE(failure.may_pass);
}

TEST_F(MailTest, AnswersNobodyOnceTheMailerIsGoneWhichIsSoon) {
  for (const std::string verb : {"EHLO", "."}) {
    TestMailServer hanging;
    hanging.reply({{verb, kHang}});
    Mail what = mail();
    what.url = hanging.url();
    int answers = 0;
    for (std::size_t i = 0; i < Mailer::kAtATime + 1; ++i)
      mailer->send(what, [&](const MailAnswer&) { ++answers; });
    const auto gone = std::async(std::launch::async, [this] { mailer.reset(); });
    EXPECT_EQ(gone.wait_for(kSoon), std::future_status::ready) << verb;
    for (std::size_t i = 0; i < Mailer::kAtATime; ++i) owner.run_one();
    EXPECT_EQ(answers, 0);
    mailer.emplace([this](std::function<void()> call) { owner.post(std::move(call)); });
  }
}

}  // namespace
}  // namespace zvonok::fetch
