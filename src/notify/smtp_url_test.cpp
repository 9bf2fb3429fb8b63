#include "notify/smtp_url.hpp"

#include <gmock/gmock.h>

namespace zvonok::notify {
namespace {

using fetch::StartTls;
using ::testing::HasSubstr;
using ::testing::Not;

void expect_server(std::string_view text, std::string_view url, StartTls start_tls,
                   std::string_view user = {}, std::string_view password = {}) {
  const auto server = read_smtp_url(text);
  ASSERT_TRUE(server) << text;
  EXPECT_EQ(server->url, url);
  EXPECT_EQ(server->start_tls, start_tls) << text;
  EXPECT_EQ(server->user, user);
  EXPECT_EQ(server->password.reveal(), password);
  EXPECT_EQ(smtp_url_problem(text), "");
}

TEST(SmtpUrl, IsEncryptedUnlessItIsThisMachineOrTheOperatorSaysSo) {
  constexpr auto kRequired = StartTls::kRequired, kNone = StartTls::kNone;
  expect_server("smtp://mail.example.org", "smtp://mail.example.org:587", kRequired);
  expect_server("smtp://mail.example.org:25/", "smtp://mail.example.org:25", kRequired);
  expect_server("smtp://10.0.0.5", "smtp://10.0.0.5:587", kRequired);
  expect_server("smtp://localhost.example.org", "smtp://localhost.example.org:587", kRequired);
  expect_server("smtp://localhost:25", "smtp://localhost:25", kNone);
  expect_server("smtp://127.0.0.1:1025", "smtp://127.0.0.1:1025", kNone);
  expect_server("smtp://[::1]:25", "smtp://[::1]:25", kNone);
  expect_server("smtp://localhost:587?tls=starttls", "smtp://localhost:587", kRequired);
  expect_server("smtp://10.0.0.5:25?tls=none", "smtp://10.0.0.5:25", kNone);
  expect_server("smtp://10.0.0.5/?tls=none", "smtp://10.0.0.5:587", kNone);
  expect_server("smtps://mail.example.org", "smtps://mail.example.org:465", kRequired);
  expect_server("smtps://localhost:4650", "smtps://localhost:4650", kRequired);
}

TEST(SmtpUrl, KeepsUserAndPasswordApart) {
  constexpr auto kRequired = StartTls::kRequired;
  expect_server("smtps://calls:hunter2@mail.example.org", "smtps://mail.example.org:465", kRequired, "calls",
                "hunter2");
  expect_server("smtp://calls%40example.org:p%2Fa%3As%25@mail.example.org:587", "smtp://mail.example.org:587",
                kRequired, "calls@example.org", "p/a:s%");
  expect_server("smtp://calls@example.org:a@b:c@mail.example.org", "smtp://mail.example.org:587", kRequired,
                "calls@example.org", "a@b:c");
  expect_server("smtp://calls:a/b@mail.example.org", "smtp://mail.example.org:587", kRequired, "calls",
                "a/b");
  expect_server("smtp://calls@mail.example.org", "smtp://mail.example.org:587", kRequired, "calls", "");
}

TEST(SmtpUrl, IsRefusedWhenItIsUnclear) {
  for (const std::string text : {"",
                                 "mail.example.org",
                                 "mail.example.org:587",
                                 "http://mail.example.org",
                                 "SMTP://x",
                                 "smtp://",
                                 "smtp://:25",
                                 "smtp://user:hunter2@",
                                 "smtp://x:0",
                                 "smtp://x:65536",
                                 "smtp://x:port",
                                 "smtp://x:",
                                 "smtp://x/path",
                                 "smtp://x#y",
                                 "smtp://x?tls=maybe",
                                 "smtp://x?tls=NONE",
                                 "smtp://x?other=1",
                                 "smtp://x?tls=none&tls=starttls",
                                 "smtps://x?tls=none",
                                 "smtps://x?tls=starttls",
                                 "smtp://:hunter2@x",
                                 "smtp://u:hunter2%@x",
                                 "smtp://u:hunter2%4@x",
                                 "smtp://u:hunter2%zz@x",
                                 "smtp://u:hunter2%0d%0a@x",
                                 "smtp://u%00:hunter2@x",
                                 "smtp://a b",
                                 "smtp://[::1",
                                 "smtp://[nonsense]",
                                 "smtp://x\r\ny"}) {
    EXPECT_FALSE(read_smtp_url(text)) << text;
    EXPECT_THAT(std::string(smtp_url_problem(text)), HasSubstr("a URL such as")) << text;
    EXPECT_THAT(std::string(smtp_url_problem(text)), Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace zvonok::notify
