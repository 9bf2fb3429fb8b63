#include "app/login_settings.hpp"

#include <gmock/gmock.h>

#include "app/test_setting.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;

TEST(LoginSettings, KnowThreeWaysToRegister) {
  for (const auto* text : {"invite", "domains", "open"})
    EXPECT_EQ(problem("login.registration", text), "") << text;
  for (const auto* text : {"Invite", "closed", "true", "invite,open"})
    EXPECT_THAT(problem("login.registration", text), HasSubstr("invite, domains or open")) << text;
}

TEST(LoginSettings, TakeDomainsInLowerCase) {
  for (const auto* text : {"example.org", "sub.example.org", "пример.рф", "example.org,example.com"})
    EXPECT_EQ(problem("login.domains", text), "") << text;
  for (const auto* text : {"Example.org", "@example.org", "a@example.org", "example", ".org", "*.example.org",
                           "https://example.org", "example.org."})
    EXPECT_THAT(problem("login.domains", text), HasSubstr("a domain in lower case")) << text;
}

TEST(LoginSettings, TakeCountriesWhoseNumbersAreKnown) {
  for (const auto* text : {"RU", "KZ", "US"}) EXPECT_EQ(problem("login.default_country", text), "") << text;
  for (const auto* text : {"ru", "RUS", "+7", "XX", "Russia"})
    EXPECT_THAT(problem("login.default_country", text), HasSubstr("ISO 3166-1")) << text;
}

TEST(LoginSettings, TakeASenderWithOrWithoutAName) {
  for (const auto* text : {"calls@example.org", "Calls <calls@example.org>"})
    EXPECT_EQ(problem("login.smtp.from", text), "") << text;
  for (const auto* text : {"calls", "Calls <calls>", "a@example.org, b@example.org"})
    EXPECT_THAT(problem("login.smtp.from", text), HasSubstr("an address")) << text;
  EXPECT_NE(problem("login.smtp.from", "calls@example.org\nBcc: b@example.org"), "");
}

TEST(LoginSettings, TakeABodyThatIsATemplateOfJson) {
  EXPECT_EQ(problem("login.sms.body", R"({"to":"{phone}","text":"{text}","code":"{code}"})"), "");
  for (const auto* text : {"to={phone}", R"({"to":"{phone}")", R"({"to":"{number}","text":"{text}"})"})
    EXPECT_NE(problem("login.sms.body", text), "") << text;
}

TEST(LoginSettings, LimitTheMessagesOfAnHour) {
  for (const auto* text : {"1", "200", "1000000"})
    EXPECT_EQ(problem("login.max_messages_per_hour", text), "") << text;
  for (const auto* text : {"0", "-1", "1000001", "many", "1.5"})
    EXPECT_NE(problem("login.max_messages_per_hour", text), "") << text;
}

}  // namespace
}  // namespace zvonok::app
