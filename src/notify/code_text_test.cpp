#include "notify/code_text.hpp"

#include <gmock/gmock.h>

namespace zvonok::notify {
namespace {

using ports::Language;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

const Service kPlain{.name = "zvonok", .web_host = {}};
const Service kPage{.name = "calls.example.org", .web_host = "calls.example.org"};

TEST(Service, IsNamedByItsHost) {
  const auto is = [](std::string_view url, std::string_view name, std::string_view web_host) {
    const auto service = service_of(url);
    EXPECT_EQ(service.name, name) << url;
    EXPECT_EQ(service.web_host, web_host) << url;
  };
  is("https://calls.example.org", "calls.example.org", "calls.example.org");
  is("https://Calls.Example.org:8443/path?x#y", "calls.example.org", "calls.example.org");
  is("HTTPS://calls.example.org", "calls.example.org", "calls.example.org");
  is("http://calls.example.org/", "calls.example.org", "");
  is("https://192.0.2.1:3001", "192.0.2.1", "");
  is("https://[2001:db8::1]:3001", "[2001:db8::1]", "");
  is("", "zvonok", "");
  is("calls.example.org", "zvonok", "");
  is("https://", "zvonok", "");
}

TEST(MailWords, TellTheCodeInTheBodyAlone) {
  for (const auto language : {Language::kEnglish, Language::kRussian}) {
    const auto words = mail_words(kPage, language, "012345");
    EXPECT_THAT(words.body, AllOf(HasSubstr("012345"), HasSubstr("calls.example.org"), HasSubstr("10 ")));
    EXPECT_THAT(words.subject, AllOf(Not(HasSubstr("012345")), HasSubstr("calls.example.org")));
  }
}

TEST(MailWords, AreInTheLanguageOfWhoIsWrittenTo) {
  const auto english = mail_words(kPlain, Language::kEnglish, "012345");
  EXPECT_EQ(english.subject, "Your login code for zvonok");
  EXPECT_THAT(english.body, AllOf(HasSubstr("within 10 minutes"), HasSubstr("Never tell it")));
  const auto russian = mail_words(kPlain, Language::kRussian, "012345");
  EXPECT_EQ(russian.subject, "Код для входа: zvonok");
  EXPECT_THAT(russian.body, AllOf(HasSubstr("действует 10 минут "), HasSubstr("Никому")));
}

TEST(MailWords, CountMinutesByTheRulesOfTheLanguage) {
  const auto russian = [](int count) {
    Service service = kPlain;
    service.code_life = base::minutes(count);
    return mail_words(service, Language::kRussian, "012345").body;
  };
  EXPECT_THAT(russian(1), HasSubstr("действует 1 минуту "));
  EXPECT_THAT(russian(3), HasSubstr("действует 3 минуты "));
  EXPECT_THAT(russian(5), HasSubstr("действует 5 минут "));
  EXPECT_THAT(russian(12), HasSubstr("действует 12 минут "));
  EXPECT_THAT(russian(21), HasSubstr("действует 21 минуту "));
  Service service = kPlain;
  service.code_life = base::minutes(1);
  EXPECT_THAT(mail_words(service, Language::kEnglish, "012345").body, HasSubstr("within 1 minute."));
}

TEST(SmsText, IsOneMessage) {
  EXPECT_LE(characters(sms_text(kPlain, Language::kRussian, "012345")), 70u);
  EXPECT_LE(characters(sms_text(kPage, Language::kRussian, "012345")), 70u);
  EXPECT_LE(characters(sms_text(kPage, Language::kEnglish, "012345")), 160u);
}

TEST(SmsText, NamesTheServiceAndWarns) {
  EXPECT_EQ(sms_text(kPlain, Language::kRussian, "012345"),
            "zvonok: код 012345, 10 мин. Никому не говорите.");
  EXPECT_EQ(sms_text(kPlain, Language::kEnglish, "012345"),
            "zvonok: code 012345, valid 10 min. Never tell it to anybody.");
}

TEST(SmsText, EndsWithTheLineByWhichABrowserFillsTheCodeIn) {
  for (const auto language : {Language::kEnglish, Language::kRussian})
    EXPECT_THAT(sms_text(kPage, language, "012345"), EndsWith("\n@calls.example.org #012345"));
  EXPECT_THAT(sms_text(kPlain, Language::kEnglish, "012345"), Not(HasSubstr("@")));
}

}  // namespace
}  // namespace zvonok::notify
