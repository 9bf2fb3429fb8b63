#include "notify/mail.hpp"

#include <gmock/gmock.h>

#include "notify/test_mail_reader.hpp"

namespace zvonok::notify {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Property;

constexpr base::WallTime kTime{base::seconds(1'700'000'000)};  // 2023-11-14 22:13:20 UTC, a Tuesday

const Mailbox kFrom{.name = {}, .address = "calls@example.org"};

std::string text_of(const MailParts& parts) {
  const auto text = mail_text(parts);
  EXPECT_TRUE(text) << (text ? "" : text.error());
  return text ? *text : std::string("\r\n");
}

MailParts parts(std::string_view subject, std::string_view body) {
  return {.from = kFrom,
          .to = "anna@example.com",
          .subject = subject,
          .body = body,
          .date = kTime,
          .id = "a1_B-2"};
}

TEST(Mail, IsWrittenAsRfc5322Wants) {
  EXPECT_EQ(text_of(parts("Hello", "one\ntwo\n")),
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
            "From: calls@example.org\r\n"
            "To: anna@example.com\r\n"
            "Message-ID: <a1_B-2@example.org>\r\n"
            "Subject: Hello\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "b25lDQp0d28NCg==\r\n");
}

TEST(Mail, DatesItselfOnEveryDay) {
  const auto date_of = [](std::int64_t seconds) {
    auto mail = parts("x", "y\n");
    mail.date = base::WallTime(base::seconds(seconds));
    return read_mail(text_of(mail)).headers["Date"];
  };
  EXPECT_EQ(date_of(0), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(date_of(1'709'164'799), "Wed, 28 Feb 2024 23:59:59 +0000");
  EXPECT_EQ(date_of(1'709'164'800), "Thu, 29 Feb 2024 00:00:00 +0000");
  EXPECT_EQ(date_of(4'102'444'799), "Thu, 31 Dec 2099 23:59:59 +0000");
}

TEST(Mail, EncodesWhatIsNotAscii) {
  const std::string subject =
      "Код для входа: очень-длинное-имя.сервиса.звонков.example.org — и ещё немного слов";
  const std::string body = "493817 — код.\nНикому.\n";
  Mailbox from{.name = "Звонки нашей очень большой и дружной компании", .address = "calls@example.org"};
  const MailParts mail{
      .from = from, .to = "anna@example.com", .subject = subject, .body = body, .date = kTime, .id = "1"};
  const auto read = read_mail(text_of(mail));
  EXPECT_EQ(read.headers.at("Subject"), subject);
  EXPECT_EQ(read.headers.at("From"), from.name + " <calls@example.org>");
  EXPECT_EQ(read.body, "493817 — код.\r\nНикому.\r\n");
  EXPECT_THAT(read.lines, Each(Property(&std::string::size, Le(76u))));
  for (const std::string& line : read.lines)
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
}

TEST(Mail, CutsNoLetterInTwo) {
  // Goal: each encoded word is whole letters (RFC 2047 section 5), however they fall. Method: letters of 1 to
  // 4 bytes behind a prefix of every length.
  for (std::size_t prefix = 0; prefix < 50; ++prefix) {
    std::string subject(prefix, 'x');
    for (int i = 0; i < 30; ++i) subject += i % 3 == 0 ? "я" : i % 3 == 1 ? "€" : "😀";
    const auto read = read_mail(text_of(parts(subject, "x\n")));
    EXPECT_EQ(read.headers.at("Subject"), subject);
    for (const std::string& line : read.lines) {
      const auto begin = line.find("=?UTF-8?B?");
      if (begin == line.npos) continue;
      const auto word = from_base64(std::string_view(line).substr(begin + 10));
      EXPECT_NE(static_cast<unsigned char>(word.front()) & 0xC0u, 0x80u) << "begins within a letter";
      EXPECT_LE(line.size(), 76u);
    }
  }
}

TEST(Mail, EncodesWhatLooksEncodedAndWhatIsTooLong) {
  for (const std::string& subject : {std::string("=?UTF-8?B?aGk=?="), std::string(200, 'x'), std::string()}) {
    const auto read = read_mail(text_of(parts(subject, "x\n")));
    EXPECT_EQ(read.headers.at("Subject"), subject);
  }
}

TEST(Mail, QuotesNoNameWithSpecialLettersButEncodesIt) {
  Mailbox from{.name = "Calls, Inc.", .address = "calls@example.org"};
  const MailParts mail{.from = from, .to = "a@b", .subject = "x", .body = "y\n", .date = kTime, .id = "1"};
  const auto text = text_of(mail);
  EXPECT_THAT(text, HasSubstr("\r\nFrom: =?UTF-8?B?"));
  EXPECT_EQ(read_mail(text).headers.at("From"), "Calls, Inc. <calls@example.org>");
}

TEST(Mail, HasNoLineOfOverSeventySixBytesInALongBody) {
  const std::string body(5'000, 'x');
  const auto read = read_mail(text_of(parts("x", body)));
  EXPECT_EQ(read.body, body);
  EXPECT_THAT(read.lines, Each(Property(&std::string::size, Le(76u))));
}

TEST(Mail, RefusesWhatWouldBeAnotherHeader) {
  for (const std::string evil :
       {"x\r\nBcc: b@example.org", "x\nBcc: b@example.org", "x\rBcc: b@example.org", "x\x7f"}) {
    Mailbox named{.name = evil, .address = "calls@example.org"}, from{.name = {}, .address = "a@b" + evil};
    auto to = parts("x", "y\n"), subject = parts(evil, "y\n"), id = parts("x", "y\n");
    const std::string address = "a@b" + evil;
    to.to = address;
    id.id = evil;
    const MailParts by_name{
        .from = named, .to = "a@b", .subject = "x", .body = "y\n", .date = kTime, .id = "1"};
    const MailParts by_from{
        .from = from, .to = "a@b", .subject = "x", .body = "y\n", .date = kTime, .id = "1"};
    for (const auto& mail : {to, subject, id, by_name, by_from}) EXPECT_FALSE(mail_text(mail));
  }
}

TEST(Mail, RefusesAListOfReceiversAndAMissingId) {
  auto list = parts("x", "y\n"), none = parts("x", "y\n"), nameless = parts("x", "y\n");
  list.to = "a@b, c@d";
  none.to = "";
  nameless.id = "";
  for (const auto& mail : {list, none, nameless}) EXPECT_FALSE(mail_text(mail));
}

}  // namespace
}  // namespace zvonok::notify
