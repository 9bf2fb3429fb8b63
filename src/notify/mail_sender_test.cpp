// Against a mail server of our own on loopback.
#include "notify/mail_sender.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "base/test_owner.hpp"
#include "fetch/test_mail_server.hpp"
#include "notify/test_mail_reader.hpp"
#include "ports/code_sender_contract.hpp"

namespace zvonok::notify {
namespace {

using fetch::TestMailServer;
using ports::CodeSent;
using ports::Language;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const Service kService{.name = "calls.example.org", .web_host = "calls.example.org"};

class Office {
 public:
  explicit Office(const std::string& query = {}, base::Duration at_most = base::seconds(60))
      : sender_({.server = *read_smtp_url("smtp://calls:hunter2@" + server.url().substr(7) + query),
                 .from = *read_mailbox("Calls <calls@example.org>"),
                 .ca_file = {},
                 .at_most = at_most},
                kService,
                {.now = [] { return base::WallTime(base::seconds(1'700'000'000)); },
                 .random_id = [this] { return "id-" + std::to_string(++ids_); }},
                mailer_) {}

  // What the contract's suite asks for.
  ports::CodeSender& sender() { return sender_; }
  static ports::AddressKind kind() { return ports::AddressKind::kEmail; }
  bool break_it() {
    server.stop();
    return true;
  }
  void run_loop_once() { owner_.run_one(); }
  std::size_t sent() { return server.mails().size(); }
  static std::string told() { return {}; }  // it has no log

  CodeSent send(const std::string& address, Language language = Language::kEnglish) {
    std::optional<CodeSent> sent;
    sender_.send({.kind = kind(),
                  .address = address,
                  .code = base::Redacted(std::string("493817")),
                  .language = language},
                 [&](CodeSent came) { sent = std::move(came); });
    while (!sent) run_loop_once();
    return *sent;
  }
  std::string error(const std::string& address = "anna@example.com") {
    const auto sent = send(address);
    return sent ? "sent" : sent.error();
  }

  TestMailServer server;

 private:
  int ids_ = 0;
  base::TestOwner owner_;
  fetch::Mailer mailer_{[this](std::function<void()> call) { owner_.post(std::move(call)); }};
  MailSender sender_;
};

TEST(MailSender, WritesInBothLanguages) {
  Office office;
  ASSERT_TRUE(office.send("anna@example.com", Language::kEnglish));
  ASSERT_TRUE(office.send("ivan@example.com", Language::kRussian));
  ASSERT_THAT(office.server.mails(), SizeIs(2));
  const auto arrived = office.server.mails().front();
  EXPECT_THAT(arrived.from, StartsWith("FROM:<calls@example.org>"));
  EXPECT_EQ(arrived.to, "TO:<anna@example.com>");
  EXPECT_EQ(arrived.greeting, "example.org");
  const auto english = read_mail(arrived.text);
  EXPECT_EQ(english.headers.at("From"), "Calls <calls@example.org>");
  EXPECT_EQ(english.headers.at("Subject"), "Your login code for calls.example.org");
  EXPECT_EQ(english.headers.at("Message-ID"), "<id-1@example.org>");
  EXPECT_THAT(english.body, StartsWith("493817 is your login code"));
  const auto russian = read_mail(office.server.mails().back().text);
  EXPECT_EQ(russian.headers.at("Subject"), "Код для входа: calls.example.org");
  EXPECT_THAT(russian.body, StartsWith("493817 — код для входа"));
}

TEST(MailSender, TriesOnceMoreWhenTheServerMayComeBack) {
  for (const fetch::TestReplies& first :
       {fetch::TestReplies{{"", "421 busy"}}, fetch::TestReplies{{"RCPT", "451 later"}},
        fetch::TestReplies{{".", "452 full"}}, fetch::TestReplies{{"", fetch::kHangUp}},
        fetch::TestReplies{{"MAIL", fetch::kHangUp}}}) {
    Office office;
    office.server.reply(first);
    office.server.reply({});
    EXPECT_EQ(office.error(), "sent");
    EXPECT_EQ(office.server.connections(), 2);
  }
}

TEST(MailSender, TriesNoThirdTime) {
  Office office;
  office.server.reply({{"RCPT", "451 later"}});
  EXPECT_THAT(office.error(), StartsWith("login.smtp.url answers 451 ("));
  EXPECT_EQ(office.server.connections(), 2);
}

TEST(MailSender, TriesNotAgainWhatWasRefused) {
  for (const std::string verb : {"MAIL", "RCPT", "DATA", "."}) {
    Office office;
    office.server.reply({{verb, "550 no"}});
    EXPECT_THAT(office.error(), StartsWith("login.smtp.url answers 550 (")) << verb;
    EXPECT_EQ(office.server.connections(), 1) << verb;
  }
}

TEST(MailSender, TriesNotAgainAndTellsNothingWithoutStartTls) {
  Office office("?tls=starttls");
  EXPECT_EQ(office.error(), "login.smtp.url does not offer STARTTLS, and nothing is sent without");
  EXPECT_EQ(office.server.connections(), 1);
  EXPECT_THAT(office.server.commands(), Each(AllOf(Not(StartsWith("AUTH")), Not(StartsWith("MAIL")))));
}

TEST(MailSender, WaitsOnceForAServerThatHangs) {
  Office office({}, base::Duration(50));
  office.server.reply({{"EHLO", fetch::kHang}});
  EXPECT_EQ(office.error(), "login.smtp.url has not answered within 50 ms");
  EXPECT_LT(office.server.connections(), 2);
}

TEST(MailSender, AsksNobodyForAnAddressThatIsNone) {
  Office office;
  for (const std::string address : {"", "anna", "a@b,c@d", "a@b>\r\nRCPT TO:<c@d", "a@b\nBcc: c@d", "a@b c"})
    EXPECT_THAT(office.error(address), HasSubstr("address is none"));
  EXPECT_EQ(office.server.connections(), 0);
}

TEST(MailSender, TellsNoSecretHoweverItFails) {
  const std::vector<fetch::TestReplies> failures{{{"", "554 493817 hunter2 anna@example.com"}},
                                                 {{"EHLO", "554 hunter2"}, {"HELO", "554 hunter2"}},
                                                 {{"AUTH", "535 hunter2"}},
                                                 {{"MAIL", "550 anna@example.com"}},
                                                 {{"RCPT", "550 anna@example.com"}},
                                                 {{"DATA", "550 493817"}},
                                                 {{".", "550 493817"}},
                                                 {{"", "nonsense 493817"}},
                                                 {{".", "nonsense"}},
                                                 {{"RCPT", fetch::kHangUp}}};
  for (const auto& failure : failures) {
    Office office({}, base::Duration(500));
    office.server.reply(failure);
    const auto error = office.error();
    EXPECT_THAT(error, StartsWith("login.smtp.url "));
    for (const std::string secret : {"493817", "hunter2", "aHVudGVyMg", "AGNhbGxzAGh1bnRlcjI", "anna@"})
      EXPECT_THAT(error, Not(HasSubstr(secret)));
  }
}

TEST(MailSender, MayBeGoneBeforeItsAnswerCame) {
  TestMailServer server;
  base::TestOwner owner;
  fetch::Mailer mailer([&](std::function<void()> call) { owner.post(std::move(call)); });
  std::optional<MailSender> sender(
      std::in_place,
      MailSettings{
          .server = *read_smtp_url(server.url()), .from = *read_mailbox("calls@example.org"), .ca_file = {}},
      kService, MailStamps{.now = [] { return base::WallTime(); }, .random_id = [] { return "1"; }}, mailer);
  server.reply({{"RCPT", "451 later"}});
  server.reply({});
  std::optional<CodeSent> sent;
  sender->send({.kind = ports::AddressKind::kEmail,
                .address = "a@b",
                .code = base::Redacted(std::string("493817")),
                .language = Language::kEnglish},
               [&](CodeSent came) { sent = std::move(came); });
  sender.reset();
  while (!sent) owner.run_one();
  EXPECT_TRUE(*sent);
}

}  // namespace
}  // namespace zvonok::notify

namespace zvonok::ports {
INSTANTIATE_TYPED_TEST_SUITE_P(Mail, CodeSenderContract, notify::Office);
}  // namespace zvonok::ports
