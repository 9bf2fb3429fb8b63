#include "app/login_settings.hpp"

#include <gmock/gmock.h>

#include "app/settings_value.hpp"

namespace zvonok::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Of a server where people log in by mail.
Settings by_mail() {
  Settings settings;
  settings.jwt_secret = Secret(std::string(32, 's'));
  settings.login_enabled = true;
  settings.smtp_url = Secret("smtps://me:pa55word@mail.example.org");
  settings.smtp_from = "calls@example.org";
  return settings;
}
Settings by_sms() {
  auto settings = by_mail();
  settings.smtp_url = Secret();
  settings.smtp_from.clear();
  settings.sms_url = Secret("https://sms.example.org/send?key=pa55word");
  return settings;
}

Findings findings_of(const Settings& settings, Mode mode = Mode::kServe) {
  Findings findings;
  check_login(settings, mode, findings);
  return findings;
}
std::vector<std::string> errors_of(const Settings& settings, Mode mode = Mode::kServe) {
  return findings_of(settings, mode).errors;
}

// --- what does not fit together
// ------------------------------------------------------------------------------------

TEST(CheckLogin, WantsAWayToSendCodesUnlessThePageShowsThem) {
  auto settings = by_mail();
  settings.smtp_url = Secret();
  settings.smtp_from.clear();
  EXPECT_THAT(errors_of(settings),
              ElementsAre(AllOf(HasSubstr("a way to send codes"), HasSubstr("login.smtp.url"),
                                HasSubstr("login.sms.url"))));
  EXPECT_THAT(errors_of(settings, Mode::kDev), IsEmpty());
}

TEST(CheckLogin, WantsASenderForMailAndMailForASender) {
  auto settings = by_mail();
  settings.smtp_from.clear();
  EXPECT_THAT(errors_of(settings), ElementsAre(HasSubstr("login.smtp.from is not")));
  EXPECT_THAT(errors_of(settings, Mode::kDev), ElementsAre(HasSubstr("login.smtp.from is not")));
  settings = by_sms();
  settings.smtp_from = "calls@example.org";
  EXPECT_THAT(errors_of(settings),
              ElementsAre(HasSubstr("login.smtp.from is set and login.smtp.url, the mail server, is not")));
}

TEST(CheckLogin, RefusesUrlsThatAreNoneAndDoesNotShowThem) {
  auto settings = by_mail();
  for (const auto* url : {"mail.example.org", "http://me:pa55word@mail.example.org", "smtp://",
                          "smtps://me:pa55word@mail.example.org:port"}) {
    settings.smtp_url = Secret(url);
    EXPECT_THAT(errors_of(settings),
                ElementsAre(AllOf(HasSubstr("login.smtp.url must be"), Not(HasSubstr("pa55word")))))
        << url;
  }
  settings = by_sms();
  for (const auto* url : {"sms.example.org", "ftp://sms.example.org/?key=pa55word", "https://"}) {
    settings.sms_url = Secret(url);
    EXPECT_THAT(errors_of(settings),
                ElementsAre(AllOf(HasSubstr("login.sms.url must be"), Not(HasSubstr("pa55word")))))
        << url;
  }
}

TEST(CheckLogin, RefusesAnAuthorizationThatWouldWriteIntoARequest) {
  auto settings = by_sms();
  settings.sms_authorization = Secret("Bearer pa55word\r\nX-Other: 1");
  EXPECT_THAT(errors_of(settings),
              ElementsAre(AllOf(HasSubstr("login.sms.authorization must be"), Not(HasSubstr("pa55word")))));
  settings.sms_authorization = Secret("Bearer pa55word");
  EXPECT_THAT(errors_of(settings), IsEmpty());
}

TEST(CheckLogin, WantsASecretToSignWithUnlessTheServerMakesOne) {
  auto settings = by_mail();
  settings.jwt_secret = Secret();
  settings.jwks_file = "keys.json";
  EXPECT_THAT(errors_of(settings), ElementsAre(HasSubstr("login.enabled needs jwt_secret")));
  EXPECT_THAT(errors_of(settings, Mode::kDev), IsEmpty());
}

TEST(CheckLogin, WantsTheAlgorithmThatItsTokensHave) {
  auto settings = by_mail();
  settings.jwt_algs = {"HS384", "RS256"};
  EXPECT_THAT(errors_of(settings), ElementsAre(AllOf(HasSubstr("HS256"), HasSubstr("jwt_algs"))));
  settings.jwt_algs = {"RS256", "HS256"};
  EXPECT_THAT(errors_of(settings), IsEmpty());
}

TEST(CheckLogin, WantsDomainsForRegistrationByDomainAndForNoOther) {
  auto settings = by_mail();
  settings.login_registration = "domains";
  EXPECT_THAT(errors_of(settings), ElementsAre(HasSubstr("needs login.domains")));
  settings.login_domains = {"example.org"};
  EXPECT_THAT(errors_of(settings), IsEmpty());
  for (const auto* other : {"invite", "open"}) {
    settings.login_registration = other;
    EXPECT_THAT(errors_of(settings),
                ElementsAre(AllOf(HasSubstr("login.domains is set"), HasSubstr(std::string("is ") + other))));
  }
}

TEST(CheckLogin, WantsMailForRegistrationByDomain) {
  auto settings = by_sms();
  settings.login_registration = "domains";
  settings.login_domains = {"example.org"};
  EXPECT_THAT(errors_of(settings), ElementsAre(HasSubstr("needs login.smtp.url")));
  EXPECT_THAT(errors_of(settings, Mode::kDev), IsEmpty());
}

TEST(CheckLogin, TellsAllErrorsAtOnce) {
  Settings settings;
  settings.login_enabled = true;
  settings.login_registration = "domains";
  settings.jwt_algs = {"RS256"};
  EXPECT_EQ(errors_of(settings).size(), 5u);
}

TEST(CheckLogin, WarnsOfSettingsThatDoNothing) {
  Settings settings;
  EXPECT_THAT(findings_of(settings).warnings, IsEmpty());
  for (const auto& set : {by_mail(), by_sms()}) {
    settings = set;
    settings.login_enabled = false;
    EXPECT_THAT(findings_of(settings).errors, IsEmpty());
    EXPECT_THAT(findings_of(settings).warnings, ElementsAre(HasSubstr("login.enabled is false")));
  }
  settings = Settings();
  settings.login_domains = {"example.org"};
  EXPECT_THAT(findings_of(settings).warnings, ElementsAre(HasSubstr("login.enabled is false")));
}

TEST(CheckLogin, IsContentWithMailOrSmsOrBoth) {
  for (const auto& settings : {by_mail(), by_sms()}) {
    EXPECT_THAT(findings_of(settings).errors, IsEmpty());
    EXPECT_THAT(findings_of(settings).warnings, IsEmpty());
  }
  auto both = by_mail();
  both.sms_url = by_sms().sms_url;
  EXPECT_THAT(errors_of(both), IsEmpty());
}

// --- what each setting must be
// -------------------------------------------------------------------------------------

/// What is wrong with that text for that setting; empty: nothing.
std::string problem(const std::string& name, const std::string& text) {
  const auto* setting = find_setting(name);
  if (setting == nullptr) return "no such setting";
  Settings settings;
  return assign(settings, *setting, {RawValue::Type::kWord, text, {}, "test"}).value_or("");
}

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

TEST(StorageSettings, KnowTwoWaysToSync) {
  for (const auto* text : {"normal", "full"}) EXPECT_EQ(problem("storage.sync", text), "") << text;
  for (const auto* text : {"off", "Full", ""})
    EXPECT_THAT(problem("storage.sync", text), HasSubstr("normal or full")) << text;
}

}  // namespace
}  // namespace zvonok::app
