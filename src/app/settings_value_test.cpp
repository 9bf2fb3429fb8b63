#include "app/settings_value.hpp"

#include <gmock/gmock.h>

namespace zvonok::app {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Type = RawValue::Type;

// The sentence with which the value is refused; empty: it was taken.
std::string refusal(std::string_view name, const std::string& text, Type type = Type::kWord) {
  Settings settings;
  return assign(settings, *find_setting(name), {type, text, {}, "here"}).value_or("");
}

Settings assigned(std::string_view name, const std::string& text) {
  Settings settings;
  const auto problem = assign(settings, *find_setting(name), {Type::kWord, text, {}, "here"});
  EXPECT_FALSE(problem) << *problem;
  return settings;
}

class BadPort : public ::testing::TestWithParam<std::string> {};
TEST_P(BadPort, IsRefused) {
  EXPECT_THAT(refusal("port", GetParam()), HasSubstr("port must be a whole number"));
}
INSTANTIATE_TEST_SUITE_P(Number, BadPort,
                         ::testing::Values("0", "70000", "65536", "-1", "+3001", "0x0bb9", "3001.0", " 3001",
                                           "3001 ", "3001\r", "3001\n", "03001", "3e3", "", "-", "abc",
                                           "3001abc", "1,2", "99999999999999999999", "\u0663", "3001\0"s));

TEST(Number, IsTakenWithinItsRange) {
  EXPECT_EQ(assigned("port", "1").port, 1);
  EXPECT_EQ(assigned("port", "65535").port, 65535);
  EXPECT_EQ(assigned("jwt_leeway_s", "0").jwt_leeway_s, 0);
  EXPECT_EQ(assigned("jwt_leeway_s", "30").jwt_leeway_s, 30);
}

TEST(Number, IsRefusedOutOfItsRange) {
  EXPECT_THAT(refusal("jwt_leeway_s", "31"), HasSubstr("from 0 to 30"));
  EXPECT_THAT(refusal("jwt_leeway_s", "-1"), HasSubstr("from 0 to 30"));
  EXPECT_THAT(refusal("jwt_leeway_s", "5s"), HasSubstr("from 0 to 30"));
  EXPECT_THAT(refusal("call.ring_s", "0"), HasSubstr("from 1 to 180"));
  EXPECT_THAT(refusal("limits.message_bytes", "1023"), HasSubstr("from 1024 to "));
}

TEST(Number, ThatIsRefusedIsShownSoThatALineEndIsSeen) {
  EXPECT_EQ(refusal("port", "3001\r"), R"(port must be a whole number from 1 to 65535, not "3001\r" (here))");
}

TEST(Number, StandsWithoutQuotesInTheFile) {
  EXPECT_THAT(refusal("port", "3001", Type::kText), HasSubstr("without quotes"));
  EXPECT_NE(refusal("port", "true", Type::kSwitch), "");
  EXPECT_NE(refusal("port", "", Type::kOther), "");
  EXPECT_NE(refusal("port", "", Type::kList), "");
  EXPECT_EQ(refusal("port", "3001", Type::kNumber), "");
}

TEST(Number, OfALimitGoesToItsLimit) {
  EXPECT_EQ(assigned("limits.devices_per_user", "3").limit(protocol::Limit::kDevicesPerUser), 3);
  EXPECT_EQ(Settings().limit(protocol::Limit::kDevicesPerUser), 16);
}

TEST(Switch, IsTrueOrFalseAndNothingElse) {
  EXPECT_TRUE(assigned("log.addresses", "true").log_addresses);
  EXPECT_FALSE(assigned("log.addresses", "false").log_addresses);
  for (const auto* text : {"1", "yes", "True", "true\r", "on"}) {
    EXPECT_THAT(refusal("log.addresses", text), HasSubstr("true or false")) << text;
  }
  EXPECT_NE(refusal("log.addresses", "true", Type::kText), "");
  EXPECT_NE(refusal("log.addresses", "1", Type::kNumber), "");
}

TEST(Choice, IsOneOfTheNames) {
  EXPECT_EQ(assigned("log.level", "debug").log_level, ports::LogLevel::kDebug);
  EXPECT_EQ(assigned("log.level", "error").log_level, ports::LogLevel::kError);
  EXPECT_EQ(assigned("log.format", "json").log_format, LogFormat::kJson);
  EXPECT_THAT(refusal("log.level", "warning"), HasSubstr("debug or info or warn or error, not \"warning\""));
  EXPECT_THAT(refusal("log.level", "INFO"), HasSubstr("must be"));
  EXPECT_THAT(refusal("log.format", "json\r"), HasSubstr(R"("json\r")"));
}

TEST(Text, IsNotShownWhenItMayHoldAPassword) {
  EXPECT_THAT(refusal("jwks.url", "https://me:word@login.example.com"),
              AllOf(HasSubstr("without user and password"), Not(HasSubstr("word@"))));
  EXPECT_THAT(refusal("jwks.url", "http://login.example.com"), HasSubstr("not \"http://login.example.com\""));
}

TEST(Text, HoldsNoControlCharacters) {
  EXPECT_THAT(refusal("data_dir", "/data\r"), HasSubstr(R"(not "/data\r")"));
  EXPECT_THAT(refusal("jwt_iss", "a\nb"), HasSubstr("control characters"));
  EXPECT_THAT(refusal("tls.cert", "/etc/c\0x"s), HasSubstr("control characters"));
  EXPECT_THAT(refusal("host", "0.0.0.0\r"), HasSubstr(R"("0.0.0.0\r")"));
}

TEST(Text, IsNotANumberInTheFile) {
  EXPECT_THAT(refusal("data_dir", "1", Type::kNumber), HasSubstr("a text in quotes"));
  EXPECT_THAT(refusal("log.level", "1", Type::kNumber), HasSubstr("a text in quotes"));
}

TEST(Text, MayHoldBlanksAndAnyLanguage) {
  EXPECT_EQ(assigned("data_dir", "/мои данные").data_dir, "/мои данные");
}

TEST(List, IsSplitAtCommasAndTrimmed) {
  EXPECT_THAT(assigned("jwt_aud", "a, b ,c d").jwt_aud, ElementsAre("a", "b", "c d"));
  EXPECT_THAT(assigned("jwt_aud", "a").jwt_aud, ElementsAre("a"));
}

TEST(List, IsEmptiedByAnEmptyValue) {
  EXPECT_THAT(assigned("limits.address_exempt", "").address_exempt, IsEmpty());
  EXPECT_THAT(assigned("limits.address_exempt", "  ").address_exempt, IsEmpty());
}

TEST(List, IsRefusedForOneItemWhichIsNamed) {
  EXPECT_EQ(
      refusal("trusted_proxies", "10.0.0.0/8,proxy"),
      R"(each item of trusted_proxies must be an address or a range such as 10.0.0.0/8 or fd00::/8, not "proxy" (here))");
  EXPECT_THAT(refusal("jwt_algs", "HS256,none"), HasSubstr("not \"none\""));
  EXPECT_THAT(refusal("origins", "https://x\r"), HasSubstr(R"(not "https://x\r")"));
  EXPECT_THAT(refusal("jwt_aud", "a,,b"), HasSubstr("filled in"));
  EXPECT_THAT(refusal("jwt_aud", "a,"), HasSubstr("filled in"));
}

TEST(List, IsAListInTheFileAndKeepsItsCommas) {
  Settings settings;
  const auto& setting = *find_setting("jwt_aud");
  EXPECT_FALSE(assign(settings, setting, {Type::kList, "", {"a,b", "c"}, "here"}));
  EXPECT_THAT(settings.jwt_aud, ElementsAre("a,b", "c"));
  EXPECT_THAT(refusal("jwt_aud", "a", Type::kText), HasSubstr(R"(a list such as ["a", "b"])"));
  EXPECT_THAT(refusal("jwt_aud", "", Type::kOther), HasSubstr("a list such as"));
}

TEST(SecretValue, IsTakenAsItIs) {
  EXPECT_EQ(assigned("jwt_secret", " a\tb\r").jwt_secret.reveal(), " a\tb\r");
}

TEST(SecretValue, IsRefusedWhenEmptyAndSaysHowToMakeOne) {
  EXPECT_THAT(refusal("jwt_secret", ""), HasSubstr("openssl rand -base64 48"));
  EXPECT_THAT(refusal("jwt_secret_previous", ""), HasSubstr("not empty"));
}

TEST(SecretValue, IsInNoError) {
  EXPECT_THAT(refusal("jwt_secret", "123456", Type::kNumber), Not(HasSubstr("123456")));
}

TEST(EmptyValue, IsAValueOfSomeSettings) {
  for (const auto* name :
       {"host", "admin_listen", "origins", "limits.address_exempt", "jwt_secret", "tls.cert"}) {
    EXPECT_TRUE(takes_empty(*find_setting(name))) << name;
  }
  for (const auto* name :
       {"port", "log.level", "log.addresses", "data_dir", "jwt_secret_file", "limits.body_bytes"}) {
    EXPECT_FALSE(takes_empty(*find_setting(name))) << name;
  }
}

TEST(ToToml, WritesEachTypeInItsForm) {
  const Settings settings;
  EXPECT_EQ(to_toml(settings, *find_setting("port")), "3001");
  EXPECT_EQ(to_toml(settings, *find_setting("host")), "\"\"");
  EXPECT_EQ(to_toml(settings, *find_setting("log.addresses")), "false");
  EXPECT_EQ(to_toml(settings, *find_setting("log.level")), "\"info\"");
  EXPECT_EQ(to_toml(settings, *find_setting("limits.address_exempt")), R"(["127.0.0.0/8", "::1"])");
  EXPECT_EQ(to_toml(settings, *find_setting("origins")), "[]");
}

TEST(ToText, NeverWritesASecret) {
  auto settings = assigned("jwt_secret", "s3cret");
  EXPECT_EQ(to_text(settings, *find_setting("jwt_secret")), "");
  EXPECT_EQ(to_toml(settings, *find_setting("jwt_secret")), "\"\"");
}

TEST(InQuotes, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(in_quotes("a\r\n\t\"\\\x01\x7f\xff"), R"("a\r\n\t\"\\\u0001\u007f\xff")");
  EXPECT_EQ(in_quotes("3001\u00a0"), R"("3001\u00a0")");
  EXPECT_EQ(in_quotes("/мои данные"), "\"/мои данные\"");
  EXPECT_EQ(in_quotes(""), "\"\"");
}

}  // namespace
}  // namespace zvonok::app
