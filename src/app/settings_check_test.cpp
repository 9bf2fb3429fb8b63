#include "app/settings_check.hpp"

#include <gmock/gmock.h>

namespace zvonok::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Settings with_secret(std::size_t bytes = 32) {
  Settings settings;
  settings.jwt_secret = Secret(std::string(bytes, 's'));
  return settings;
}

TEST(Check, IsContentWithASecretAlone) {
  const auto findings = check(with_secret(), Mode::kServe);
  EXPECT_THAT(findings.errors, IsEmpty());
  EXPECT_THAT(findings.warnings, IsEmpty());
}

TEST(Check, IsContentWithAJwksAlone) {
  Settings settings;
  settings.jwks_file = "keys.json";
  EXPECT_THAT(check(settings, Mode::kServe).errors, IsEmpty());
}

TEST(Check, WantsTheKeySetFromOnePlace) {
  Settings settings;
  settings.jwks_url = "https://login.example.com/keys";
  settings.jwks_ca_file = "ca.pem";
  settings.jwt_algs = {"RS256"};
  EXPECT_THAT(check(settings, Mode::kServe).errors, IsEmpty());
  settings.jwks_file = "keys.json";
  EXPECT_THAT(check(settings, Mode::kServe).errors, ElementsAre(HasSubstr("jwks.file and jwks.url")));
  settings.jwks_url.clear();
  EXPECT_THAT(check(settings, Mode::kServe).errors, ElementsAre(HasSubstr("jwks.ca_file is set")));
}

TEST(Check, RefusesToServeWithoutAKeyAndSaysHowToMakeOne) {
  EXPECT_THAT(check(Settings(), Mode::kServe).errors,
              ElementsAre(AllOf(HasSubstr("JWT_SECRET"), HasSubstr("openssl rand -base64 48"),
                                HasSubstr("jwks.file"))));
  EXPECT_THAT(check(Settings(), Mode::kDev).errors, IsEmpty());
}

TEST(Check, WarnsOfASecretOfLessThan32BytesAndDoesNotShowIt) {
  const auto findings = check(with_secret(31), Mode::kServe);
  EXPECT_THAT(findings.errors, IsEmpty());
  EXPECT_THAT(findings.warnings,
              ElementsAre(AllOf(HasSubstr("jwt_secret has only 31 bytes"),
                                HasSubstr("anybody can call as anybody"), Not(HasSubstr("sss")))));
}

TEST(Check, WarnsOfAShortPreviousSecretToo) {
  auto settings = with_secret();
  settings.jwt_secret_previous = Secret("short");
  EXPECT_THAT(check(settings, Mode::kServe).warnings,
              ElementsAre(HasSubstr("jwt_secret_previous has only 5 bytes")));
}

TEST(Check, RefusesAPreviousSecretWithoutAPresentOne) {
  Settings settings;
  settings.jwks_file = "keys.json";
  settings.jwt_secret_previous = Secret(std::string(32, 's'));
  EXPECT_THAT(check(settings, Mode::kServe).errors, ElementsAre(HasSubstr("jwt_secret_previous is set")));
}

TEST(Check, RefusesAlgorithmsWithoutTheirKey) {
  auto settings = with_secret();
  settings.jwt_algs = {"HS256", "RS256"};
  EXPECT_THAT(check(settings, Mode::kServe).errors,
              ElementsAre(AllOf(HasSubstr("RS256"), HasSubstr("jwks.file"))));
  settings = Settings();
  settings.jwks_file = "keys.json";
  settings.jwt_algs = {"ES256", "HS256"};
  EXPECT_THAT(check(settings, Mode::kServe).errors,
              ElementsAre(AllOf(HasSubstr("HS256"), HasSubstr("jwt_secret"))));
}

TEST(Check, RefusesHalfOfTls) {
  auto settings = with_secret();
  settings.tls_cert = "cert.pem";
  EXPECT_THAT(check(settings, Mode::kServe).errors,
              ElementsAre(HasSubstr("tls.cert is set and tls.key is not")));
  settings.tls_key = "key.pem";
  EXPECT_THAT(check(settings, Mode::kServe).errors, IsEmpty());
  settings.tls_cert = "";
  EXPECT_THAT(check(settings, Mode::kServe).errors,
              ElementsAre(HasSubstr("tls.key is set and tls.cert is not")));
}

TEST(Check, RefusesToGiveAConnectionUpBeforeItWasAsked) {
  auto settings = with_secret();
  settings.ws_ping_s = settings.ws_dead_s = 45;
  EXPECT_THAT(check(settings, Mode::kServe).errors,
              ElementsAre(HasSubstr("ws.dead_s (45) must be more than")));
  settings.ws_ping_s = 44;
  EXPECT_THAT(check(settings, Mode::kServe).errors, IsEmpty());
}

TEST(Check, RefusesInDevModeWhatWouldLetOthersIn) {
  Settings settings;
  settings.tls_cert = "c";
  settings.tls_key = "k";
  settings.trusted_proxies = {"10.0.0.0/8"};
  settings.public_url = "https://x";
  EXPECT_THAT(check(settings, Mode::kDev).errors,
              ElementsAre(HasSubstr("tls.cert"), HasSubstr("tls.key"), HasSubstr("trusted_proxies"),
                          HasSubstr("public_url")));
  settings.jwt_secret = Secret(std::string(32, 's'));
  EXPECT_THAT(check(settings, Mode::kServe).errors, IsEmpty());
}

TEST(Check, WantsAQueueThatTakesAnOffer) {
  auto settings = with_secret();
  auto& queue = settings.limits[static_cast<std::size_t>(protocol::Limit::kQueueBytes)];
  queue = 2 * settings.limit(protocol::Limit::kMessageBytes);
  EXPECT_THAT(check(settings, Mode::kServe).errors, IsEmpty());
  --queue;
  EXPECT_THAT(check(settings, Mode::kServe).errors, ElementsAre(HasSubstr("limits.queue_bytes")));
}

TEST(Check, TellsAllErrorsAtOnce) {
  Settings settings;
  settings.tls_cert = "c";
  settings.ws_dead_s = 1;
  EXPECT_THAT(check(settings, Mode::kServe).errors, SizeIs(3));
}

TEST(AllowedAlgorithms, FollowTheKeysUnlessTheyAreSet) {
  EXPECT_THAT(allowed_algorithms(Settings()), IsEmpty());
  auto settings = with_secret();
  EXPECT_THAT(allowed_algorithms(settings), ElementsAre("HS256", "HS384", "HS512"));
  settings.jwks_file = "keys.json";
  EXPECT_THAT(allowed_algorithms(settings), SizeIs(12));
  settings.jwt_secret = Secret();
  EXPECT_THAT(allowed_algorithms(settings),
              ElementsAre("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"));
  settings.jwt_algs = {"ES256"};
  EXPECT_THAT(allowed_algorithms(settings), ElementsAre("ES256"));
}

TEST(Ranges, AreThoseOfTheList) {
  const auto exempt = ranges(Settings().address_exempt);
  ASSERT_THAT(exempt, SizeIs(2));
  EXPECT_TRUE(exempt[0].contains(*base::IpAddress::parse("127.1.2.3")));
  EXPECT_TRUE(exempt[1].contains(*base::IpAddress::parse("::1")));
  EXPECT_FALSE(exempt[1].contains(*base::IpAddress::parse("::2")));
}

}  // namespace
}  // namespace zvonok::app
