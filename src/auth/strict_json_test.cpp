#include "auth/strict_json.hpp"

#include <gtest/gtest.h>

namespace zvonok::auth {
namespace {

using namespace std::string_literals;

JsonPtr parse(std::string_view text) {
  return parse_object(text, NulEscapes::kRefuse);
}

TEST(StrictJson, ReadsOneObject) {
  const JsonPtr json = parse(R"( {"a": "b"} )");
  ASSERT_TRUE(json);
  EXPECT_EQ(string_of(member(*json, "a")), "b");
  EXPECT_EQ(member(*json, "c"), nullptr);
  EXPECT_EQ(string_of(member(*json, "c")), std::nullopt);
}

TEST(StrictJson, RefusesWhatIsNotOneObject) {
  for (const char* text : {"", " ", "[]", "null", "1", "\"a\"", "{} {}", "{}x", "{", "{\"a\":1,}", "{'a':1}",
                           "{a:1}", "\xef\xbb\xbf{}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":NaN}",
                           "{\"a\":Infinity}", "/**/{}"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
  EXPECT_FALSE(parse("{}\0"s));
}

TEST(StrictJson, RefusesAMemberGivenTwiceHoweverItIsWritten) {
  EXPECT_FALSE(parse(R"({"alg":"HS256","alg":"HS256"})"));
  EXPECT_FALSE(parse(R"({"alg":"none","al\u0067":"HS256"})"));
  EXPECT_FALSE(parse(R"({"deep":[{"a":1,"a":2}]})"));
}

TEST(StrictJson, RefusesTextThatIsNotUtf8) {
  EXPECT_FALSE(parse("{\"a\":\"\xff\"}"));
  EXPECT_FALSE(parse("{\"a\":\"\xc0\x80\"}"));          // U+0000 in two bytes
  EXPECT_FALSE(parse("{\"a\":\"\xed\xa0\x80\"}"));      // a surrogate
  EXPECT_FALSE(parse("{\"a\":\"\xf4\x90\x80\x80\"}"));  // beyond U+10FFFF
  EXPECT_FALSE(parse(R"({"a":"\ud800"})"));             // half a pair
  EXPECT_TRUE(parse(R"({"a":"\ud83d\ude00"})"));
}

TEST(StrictJson, RefusesNumbersThatItCouldNotKeep) {
  EXPECT_TRUE(parse(R"({"a":9223372036854775807})"));
  EXPECT_FALSE(parse(R"({"a":9223372036854775808})"));
  EXPECT_FALSE(parse(R"({"a":-9223372036854775809})"));
  EXPECT_FALSE(parse(R"({"a":1e400})"));
}

TEST(StrictJson, TakesTheNulEscapeOnlyWhereTold) {
  EXPECT_FALSE(parse_object(R"({"a":"b\u0000c"})", NulEscapes::kRefuse));
  const JsonPtr json = parse_object(R"({"a":"b\u0000c"})", NulEscapes::kAccept);
  ASSERT_TRUE(json);
  EXPECT_EQ(string_of(member(*json, "a")), "b\0c"s);
}

TEST(StrictJson, RefusesDeepNesting) {
  const auto lists = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  const JsonPtr deepest = parse(lists(kNestingMax - 1));  // the object itself is one level
  ASSERT_TRUE(deepest);
  EXPECT_EQ(to_json(*deepest), lists(kNestingMax - 1));
  EXPECT_FALSE(parse(lists(kNestingMax)));
  EXPECT_FALSE(parse(std::string(8192, '[')));

  std::string objects;
  for (std::size_t i = 0; i < kNestingMax + 1; ++i) objects += R"({"a":)";
  EXPECT_FALSE(parse(objects + "1" + std::string(kNestingMax + 1, '}')));
}

TEST(StrictJson, CountsOnlyBracketsThatNest) {
  const std::string brackets(1000, '[');
  EXPECT_TRUE(parse("{\"" + brackets + "\":\"\\\"" + brackets + "\\\\\"}"));  // in strings, behind \" too
  std::string siblings = "{\"a\":[0";
  for (int i = 0; i < 1000; ++i) siblings += ",[{}]";
  EXPECT_TRUE(parse(siblings + "]}"));
}

TEST(StrictJson, ShowsValuesInAsciiAndShort) {
  EXPECT_EQ(shown(nullptr), "nothing");
  EXPECT_EQ(shown("calls "), "\"calls \"");
  EXPECT_EQ(shown("a\r\n\x1b\"b"), R"("a\r\n\u001B\"b")");
  EXPECT_EQ(shown("\xd1\x8f"), R"("\u044F")");
  EXPECT_EQ(shown("\xff"), "text that is not UTF-8");
  EXPECT_EQ(shown(std::string(5000, 'x')).size(), 103U);
}

}  // namespace
}  // namespace zvonok::auth
