#include "notify/sms_body.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace zvonok::notify {
namespace {

using ::testing::HasSubstr;

const SmsFields kFields{
    .phone = "+79991234567", .code = "012345", .text = "Код \"012345\"\n@example.org #012345"};

TEST(SmsBody, FillsTheDefaultIn) {
  const auto body = nlohmann::json::parse(sms_body(kSmsBodyDefault, kFields));
  EXPECT_EQ(body["to"], "+79991234567");
  EXPECT_EQ(body["text"], "Код \"012345\"\n@example.org #012345");
}

TEST(SmsBody, FillsEachNameInAsOftenAsItStandsThere) {
  EXPECT_EQ(sms_body("{code}{code} {phone}", kFields), "012345012345 +79991234567");
}

TEST(SmsBody, LeavesOtherBracesAlone) {
  for (const std::string text :
       {"{", "}", "{}", "{{", "{Phone}", "{ phone }", "{phones}", "{phone", "{other}", ""})
    EXPECT_EQ(sms_body(text, kFields), text);
  EXPECT_EQ(sms_body("{{phone}}", kFields), "{+79991234567}");
}

TEST(SmsBody, DoesNotFillInWhatWasFilledIn) {
  const SmsFields nested{.phone = "{code}", .code = "{text}", .text = "{phone}"};
  EXPECT_EQ(sms_body("{phone} {code} {text}", nested), "{code} {text} {phone}");
}

TEST(SmsBody, LetsNoValueOutOfItsQuotes) {
  const SmsFields evil{.phone = "\",\"to\":\"+1", .code = "\\", .text = "\x01\"}"};
  const auto body = nlohmann::json::parse(sms_body(R"({"to":"{phone}","c":"{code}","text":"{text}"})", evil));
  EXPECT_EQ(body.size(), 3u);
  EXPECT_EQ(body["to"], "\",\"to\":\"+1");
}

TEST(SmsTemplate, IsTakenWhenAGatewayCouldTakeIt) {
  for (const std::string& text :
       {std::string(kSmsBodyDefault),
        std::string(R"({"messages":[{"destinations":[{"to":"{phone}"}],"text":"{text}"}]})"),
        std::string(R"({"template":7,"to":"{phone}","params":{"code":"{code}"},"braces":"{x}"})"),
        std::string(R"(["{phone}", "{code}"])")})
    EXPECT_EQ(template_problem(text), "") << text;
}

TEST(SmsTemplate, IsRefusedWithAReason) {
  const auto refused = [](std::string_view text, std::string_view why) {
    EXPECT_THAT(std::string(template_problem(text)), HasSubstr(why)) << text;
  };
  refused("", "{phone}");
  refused(R"({"to":"+1","text":"{text}"})", "{phone}");
  refused(R"({"to":"{phone}"})", "{text}");
  refused(R"({"to":"{phone}","text":"Code"})", "{text}");
  refused(R"({"to":"{phone}","text":"{text}")", "valid JSON");
  refused(R"(to={phone}&text={text})", "valid JSON");
  refused(R"({"to":{phone},"text":"{text}"})", "valid JSON");
  refused(R"({"to":"{phone}","code":{code}})", "valid JSON");
  refused(R"({"to":"{phone}","text":"{text}",})", "valid JSON");
  refused(std::string(5'000, ' ') + std::string(kSmsBodyDefault), "4096");
}

}  // namespace
}  // namespace zvonok::notify
