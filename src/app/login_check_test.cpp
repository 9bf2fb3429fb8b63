#include "app/login_check.hpp"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace zvonok::app
