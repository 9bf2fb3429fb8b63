// Against a gateway of our own on loopback.
#include "notify/sms_sender.hpp"

#include <gmock/gmock.h>

#include <optional>

#include <nlohmann/json.hpp>

#include "base/test_owner.hpp"
#include "fetch/test_web_server.hpp"
#include "ports/code_sender_contract.hpp"

namespace zvonok::notify {
namespace {

using fetch::TestConnection;
using fetch::TestWebServer;
using ports::CodeSent;
using ports::Language;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Cellar {
 public:
  explicit Cellar(base::Duration at_most = base::seconds(60), std::string body = std::string(kSmsBodyDefault))
      : sender_({.url = "http://user:hunter2@" + gateway.host_and_port() + "/sms?key=s3cr3t",
                 .body = std::move(body),
                 .authorization = base::Redacted(std::string("Bearer t0k3n")),
                 .ca_file = {},
                 .at_most = at_most},
                {.name = "calls.example.org", .web_host = "calls.example.org"}, client_) {}

  // What the contract's suite asks for.
  ports::CodeSender& sender() { return sender_; }
  static ports::AddressKind kind() { return ports::AddressKind::kPhone; }
  bool break_it() {
    gateway.stop();
    return true;
  }
  void run_loop_once() { owner_.run_one(); }
  std::size_t sent() { return gateway.requests().size(); }
  static std::string told() { return {}; }  // it has no log

  CodeSent send(Language language = Language::kRussian) {
    std::optional<CodeSent> sent;
    sender_.send({.kind = kind(),
                  .address = "+79991234567",
                  .code = base::Redacted(std::string("493817")),
                  .language = language},
                 [&](CodeSent came) { sent = std::move(came); });
    while (!sent) run_loop_once();
    return *sent;
  }
  std::string error() {
    const auto answer = send();
    return answer ? "sent" : answer.error();
  }

  TestWebServer gateway;

 private:
  base::TestOwner owner_;
  fetch::Client client_{[this](std::function<void()> call) { owner_.post(std::move(call)); }};
  SmsSender sender_;
};

TEST(SmsSender, PostsWhatTheTemplateSays) {
  Cellar cellar;
  ASSERT_TRUE(cellar.send(Language::kRussian));
  ASSERT_TRUE(cellar.send(Language::kEnglish));
  const auto requests = cellar.gateway.requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].first_line, "POST /sms?key=s3cr3t HTTP/1.1");
  EXPECT_TRUE(requests[0].has("Content-Type: application/json"));
  EXPECT_TRUE(requests[0].has("Authorization: Bearer t0k3n"));
  const auto russian = nlohmann::json::parse(requests[0].body),
             english = nlohmann::json::parse(requests[1].body);
  EXPECT_EQ(russian["to"], "+79991234567");
  EXPECT_EQ(russian["text"], "Код 493817, 10 мин. Никому не говорите.\n@calls.example.org #493817");
  EXPECT_EQ(english["text"],
            "Login code 493817, valid 10 min. Never tell it to anybody.\n@calls.example.org #493817");
}

TEST(SmsSender, FillsATemplateOfTheOperatorsIn) {
  Cellar cellar(base::seconds(60), R"(["{phone}","{code}"])");
  ASSERT_TRUE(cellar.send());
  EXPECT_EQ(cellar.gateway.requests().front().body, R"(["+79991234567","493817"])");
}

TEST(SmsSender, TakesEveryStatusOfTwoHundredForSent) {
  for (const int status : {200, 201, 202, 204, 299}) {
    Cellar cellar;
    cellar.gateway.answer(status, {}, status == 204 ? "" : "{\"error\":\"whatever it says\"}");
    EXPECT_EQ(cellar.error(), "sent");
    EXPECT_THAT(cellar.gateway.requests(), SizeIs(1));
  }
}

TEST(SmsSender, TriesOnceMore) {
  Cellar cellar;
  cellar.gateway.answer(500);
  cellar.gateway.answer(200);
  EXPECT_EQ(cellar.error(), "sent");
  EXPECT_THAT(cellar.gateway.requests(), SizeIs(2));
  EXPECT_EQ(cellar.gateway.requests()[0].body, cellar.gateway.requests()[1].body);
  Cellar broken;
  broken.gateway.answer([](TestConnection&) {});
  broken.gateway.answer(200);
  EXPECT_EQ(broken.error(), "sent");
}

TEST(SmsSender, TriesNoThirdTime) {
  for (const int status : {400, 401, 404, 429, 500, 503}) {
    Cellar cellar;
    cellar.gateway.answer(status, {}, "493817 +79991234567");
    EXPECT_EQ(cellar.error(), "login.sms.url answers with status " + std::to_string(status));
    EXPECT_THAT(cellar.gateway.requests(), SizeIs(2));
  }
}

TEST(SmsSender, FollowsNoRedirect) {
  TestWebServer elsewhere;
  for (const int status : {301, 302, 307, 308}) {
    Cellar cellar;
    cellar.gateway.answer(status, "Location: " + elsewhere.url() + "\r\n");
    EXPECT_EQ(cellar.error(), "login.sms.url answers with status " + std::to_string(status) +
                                  ": redirects are not followed, set the address that it leads to");
  }
  EXPECT_THAT(elsewhere.requests(), IsEmpty());
}

TEST(SmsSender, GivesUpOnAGatewayThatHangs) {
  Cellar cellar(base::Duration(50));
  cellar.gateway.answer([](TestConnection& hanging) { hanging.hang(); });
  EXPECT_EQ(cellar.error(), "login.sms.url has not answered within 50 ms");
}

TEST(SmsSender, GivesUpOnAGatewayThatDoesNotEnd) {
  Cellar headers;
  headers.gateway.answer([](TestConnection& endless) {
    if (!endless.send("HTTP/1.1 200 OK\r\n")) return;
    while (endless.send("X-493817: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(headers.error(), "login.sms.url answers with more than 65536 bytes of headers");
  Cellar body;
  body.gateway.answer([](TestConnection& endless) {
    if (!endless.send("HTTP/1.1 200 OK\r\n\r\n")) return;
    while (endless.send(std::string(1000, 'x'))) {
    }
  });
  EXPECT_EQ(body.error(), "login.sms.url answers with more than 65536 bytes");
}

TEST(SmsSender, TellsNoSecretHoweverItFails) {
  Cellar hanging_up, refusing, gone, nonsense(base::Duration(500));
  hanging_up.gateway.answer([](TestConnection&) {});
  refusing.gateway.answer(401, {}, "Bearer t0k3n hunter2 s3cr3t 493817");
  nonsense.gateway.answer([](TestConnection& other) { other.send("493817 t0k3n\r\n\r\n"); });
  gone.gateway.stop();
  for (Cellar* cellar : {&hanging_up, &refusing, &gone, &nonsense}) {
    const auto error = cellar->error();
    EXPECT_THAT(error, StartsWith("login.sms.url "));
    for (const std::string secret : {"493817", "hunter2", "s3cr3t", "t0k3n", "79991234567"})
      EXPECT_THAT(error, Not(HasSubstr(secret)));
  }
}

TEST(SmsUrl, IsHttpOrHttps) {
  for (const std::string url : {"https://sms.example.com/send", "http://10.0.0.5:8080/sms?key=1",
                                "http://[fd00::1]:80/", "https://user:pass@sms.example.com", "http://box"})
    EXPECT_EQ(sms_url_problem(url), "") << url;
  for (const std::string url :
       {"", "sms.example.com", "ftp://x/", "https://", "https:///x", "https://u:hunter2@", "http://a b",
        "http://x/#y", "http://x:0/", "http://x:port/", "http://x/\r\ny", "file:///etc/passwd"}) {
    EXPECT_NE(sms_url_problem(url), "") << url;
    EXPECT_THAT(std::string(sms_url_problem(url)), Not(HasSubstr("hunter2")));
  }
}

TEST(SmsAuthorization, IsOneLine) {
  EXPECT_EQ(authorization_problem(""), "");
  EXPECT_EQ(authorization_problem("Bearer abc.def=="), "");
  for (const std::string value : {"Bearer a\n", "a\r\nX-Evil: 1", "a\tb", "\x7f"})
    EXPECT_NE(authorization_problem(value), "");
}

}  // namespace
}  // namespace zvonok::notify

namespace zvonok::ports {
INSTANTIATE_TYPED_TEST_SUITE_P(Sms, CodeSenderContract, notify::Cellar);
}  // namespace zvonok::ports
