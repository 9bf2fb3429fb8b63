#include "http/json_body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace zvonok::http {
namespace {

TEST(JsonBody, IsAnObjectOrNothing) {
  for (const std::string text :
       {"", "null", "[]", "\"text\"", "{", "{}x", "{\"a\":01}", "{'a':1}", "{\"a\":\"\xff\"}"})
    EXPECT_FALSE(JsonBody::parse(text)) << text;
  EXPECT_TRUE(JsonBody::parse("{}"));
  EXPECT_TRUE(JsonBody::parse(" {\"a\": {\"b\": [1]}} "));
}

// 64 KiB of brackets must not use up the stack.
TEST(JsonBody, BearsDeepNesting) {
  EXPECT_FALSE(JsonBody::parse(std::string(65'536, '[')));
  const std::string deep = std::string(30'000, '[') + std::string(30'000, ']');
  EXPECT_TRUE(JsonBody::parse("{\"a\":" + deep + "}"));
}

TEST(JsonBody, GivesTextsOnly) {
  auto body = JsonBody::parse(R"({"text":"a\u0000b","null":null,"number":12345,"list":["x"]})");
  ASSERT_TRUE(body);
  EXPECT_EQ(body->text("text"), std::string("a\0b", 3));
  EXPECT_EQ(body->text("null"), std::nullopt);
  EXPECT_EQ(body->text("absent"), std::nullopt);
  EXPECT_TRUE(body->has("null"));
  EXPECT_FALSE(body->has("absent"));
  EXPECT_EQ(body->problem(), "") << "none of these is wrong";
  EXPECT_EQ(body->text("number"), std::nullopt) << "a code that lost its zeros";
  EXPECT_EQ(body->problem(), "\"number\" must be a text.");
}

TEST(JsonBody, TakesNeitherOfTwoMembersOfOneName) {
  EXPECT_FALSE(JsonBody::parse(R"({"a":"1","a":"2"})"));
  EXPECT_FALSE(JsonBody::parse(R"({"a":"1","\u0061":"1"})"));
  EXPECT_TRUE(JsonBody::parse(R"({"a":{"b":1,"b":2}})")) << "nobody looks inside";
}

}  // namespace
}  // namespace zvonok::http
