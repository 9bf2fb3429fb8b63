// Which texts are messages, and what of them goes on. Whom an offer is for, and the sender that is cut out of
// it, have files of their own.
#include "protocol/message.hpp"

#include <gtest/gtest.h>

#include "protocol/message_test_support.hpp"

namespace zvonok::protocol {
namespace {

using namespace std::string_literals;

class Message : public MessageTest {};

std::string nested(std::size_t levels, char open = '[', char close = ']') {
  return std::string(levels, open) + std::string(levels, close);
}

TEST_F(Message, IsOneOfTheFourEvents) {
  EXPECT_EQ(parse(R"({"event":"call:offer","payload":{"userId":"bob","sdp":"v=0"}})"),
            offer("bob", R"({"userId":"bob","sdp":"v=0"})"));
  EXPECT_EQ(parse(R"({"event":"call:answer","payload":{"sdp":"v=0"}})"), answer(R"({"sdp":"v=0"})"));
  EXPECT_EQ(parse(R"({"event":"call:ice","payload":{"candidate":""}})"), ice(R"({"candidate":""})"));
  EXPECT_EQ(parse(R"({"event":"call:hangup"})"), hangup(""));
}

TEST_F(Message, HasItsFieldsInAnyOrderAmongOthers) {
  EXPECT_EQ(parse(R"({"id":7,"payload":{"a":1},"x":[{"event":"call:hangup"}],"event":"call:ice","z":null})"),
            ice(R"({"a":1})"));
}

TEST_F(Message, MayHaveWhitespaceEverywhere) {
  EXPECT_EQ(parse(" \t\r\n{ \"event\" :\n\"call:ice\"\t,\r\n \"payload\" : { \"a\" : 1 } \n} \n"),
            ice(R"({ "a" : 1 })"));
}

TEST_F(Message, MeansTheSameWhenItsKeysAndEventAreEscaped) {
  EXPECT_EQ(parse(R"({"\u0065vent":"call\u003aice","pay\u006Coad":{"a":1}})"), ice(R"({"a":1})"));
  EXPECT_EQ(parse(R"({"event":"\u0063\u0061\u006c\u006c:\u0068angup"})"), hangup(""));
}

TEST_F(Message, KeepsTheBytesOfItsPayload) {
  for (const std::string payload : {R"({})",
                                    R"([])",
                                    R"([1, {"a":[ ]} ,2])",
                                    R"("text")",
                                    R"("")",
                                    "null",
                                    "true",
                                    "false",
                                    "0",
                                    "-0.50e+2",
                                    R"({"a":"\u0041\/","a":1.0,"b":1e3})",
                                    R"({"__proto__":{"x":1},"constructor":null})",
                                    R"({"a":"x\u0000y"})",
                                    R"({"\u0000":1})",
                                    R"({"":""})",
                                    R"({"a":"Привет 😀"})",
                                    R"({"a":"\ud83d\ude00"})",
                                    R"({"10":1,"9":2})",
                                    R"({"a":"\"}],{[:"})",
                                    R"({"a":"\\"})",
                                    R"({"n":-9223372036854775808,"m":18446744073709551615})"}) {
    EXPECT_EQ(parse_ice(payload), ice(payload));
    EXPECT_EQ(parse(R"({"payload":)" + payload + R"(  ,"event":"call:answer"})"), answer(payload));
    EXPECT_EQ(parse("{\"event\":\"call:hangup\",\"payload\": \n" + payload + "\t \n}"), hangup(payload));
  }
}

TEST_F(Message, MayLackItsPayloadUnlessItIsAnOffer) {
  EXPECT_EQ(parse(R"({"event":"call:answer"})"), answer(""));
  EXPECT_EQ(parse(R"({"event":"call:ice"})"), ice(""));
  EXPECT_EQ(parse(R"({"event":"call:offer"})"), ignored(MessageError::kNoTarget));
}

TEST_F(Message, LeavesTheSenderInAllButOffers) {
  const std::string payload = R"({"sdp":"v=0","fromUserId":"mallory"})";
  EXPECT_EQ(parse(R"({"event":"call:answer","payload":)" + payload + "}"), answer(payload));
  EXPECT_EQ(parse_ice(payload), ice(payload));
}

TEST_F(Message, IsIgnoredWithoutAnEventThatIsAString) {
  for (const char* text :
       {R"({})", R"({"payload":{}})", R"({"Event":"call:ice"})", R"({"x":{"event":"call:ice"}})",
        R"({"payload":{"event":"call:ice"}})", R"({"event":null})", R"({"event":1})",
        R"({"event":["call:ice"]})", R"({"event":{"event":"call:ice"}})", R"({"event":true})"}) {
    EXPECT_EQ(parse(text), ignored(MessageError::kNoEvent)) << text;
  }
}

TEST_F(Message, IsIgnoredWhenItsEventIsUnknown) {
  for (const char* event : {"", "call", "call:", "call:Offer", "CALL:OFFER", " call:ice", "call:ice ",
                            "call:icex", "call:ic", "call:ice\\u0000", "call:reject", "ping", "__proto__"}) {
    EXPECT_EQ(parse(R"({"event":")" + std::string(event) + R"(","payload":{}})"),
              ignored(MessageError::kUnknownEvent))
        << event;
  }
  EXPECT_EQ(parse(R"({"event":")" + std::string(200'000, 'e') + "\"}"), ignored(MessageError::kUnknownEvent));
}

TEST_F(Message, IsIgnoredWhenItIsNoObject) {
  for (const char* text :
       {"null", "true", "0", "[]", R"(["event","call:ice"])", R"("call:ice")", R"([{"event":"call:ice"}])"}) {
    EXPECT_EQ(parse(text), ignored(MessageError::kNotAnObject)) << text;
  }
}

TEST_F(Message, IsIgnoredWhenItIsNotJson) {
  for (const std::string& text : {""s,
                                  " "s,
                                  "\0"s,
                                  "{"s,
                                  "}"s,
                                  "{}}"s,
                                  "{} {}"s,
                                  "{},"s,
                                  "undefined"s,
                                  "{event:1}"s,
                                  "{'event':1}"s,
                                  "{,}"s,
                                  R"({"event"})"s,
                                  R"({"event":})"s,
                                  R"({"event":"call:ice",})"s,
                                  R"({"event":"call:ice")"s,
                                  R"({"event":"call:ice)"s,
                                  R"({"event":"call:ice"}x)"s,
                                  R"({"event":"call:ice"}{"event":"call:ice"})"s,
                                  R"({"event":"call:ice"})"s + "\0"s,
                                  R"({"event":"call:ice"//
})"s}) {
    EXPECT_EQ(parse(text), ignored(MessageError::kNotJson)) << ::testing::PrintToString(text);
  }
}

// What on-demand parsing alone would let through, wherever in the message it stands.
TEST_F(Message, IsIgnoredForBadJsonInAPlaceThatNobodyReads) {
  for (const std::string value : {"01",
                                  "-01",
                                  "+1",
                                  "1.",
                                  ".5",
                                  "1e",
                                  "1e+",
                                  "-",
                                  "0x10",
                                  "NaN",
                                  "Infinity",
                                  "-Infinity",
                                  "nul",
                                  "nulll",
                                  "tru",
                                  "True",
                                  "falsey",
                                  R"("\x41")",
                                  R"("\u12")",
                                  R"("\u12G4")",
                                  R"("\)",
                                  "\"a\nb\"",
                                  "\"a\tb\"",
                                  "\"a\x01\"",
                                  "'a'",
                                  "[1,]",
                                  "[,1]",
                                  "[1 2]",
                                  "[1,,2]",
                                  R"({"a" 1})",
                                  R"({"a":1,})",
                                  R"({1:2})",
                                  R"({"a":1 "b":2})",
                                  "[}",
                                  "{]",
                                  "[",
                                  "[[]",
                                  "\"",
                                  "1 2",
                                  "\x80",
                                  "\"\xff\"",
                                  "\"\xc0\xaf\"",
                                  "\"\xed\xa0\x80\"",
                                  "\"\xf4\x90\x80\x80\""}) {
    EXPECT_EQ(parse_ice(value), ignored(MessageError::kNotJson)) << value;
    EXPECT_EQ(parse_ice(R"({"a":[{"b":)" + value + "}]}"), ignored(MessageError::kNotJson)) << value;
    EXPECT_EQ(parse(R"({"event":"call:ice","other":)" + value + "}"), ignored(MessageError::kNotJson))
        << value;
    EXPECT_EQ(parse_offer(R"({"userId":"bob","fromUserId":)" + value + "}"), ignored(MessageError::kNotJson))
        << value;
  }
}

// No browser writes these; docs/compatibility.md lists them as left.
TEST_F(Message, IsIgnoredForNumbersThatNoDoubleHolds) {
  for (const char* number : {"1e400", "-1e400", "1e99999999999", "18446744073709551616",
                             "-9223372036854775809", "123456789012345678901234567890"}) {
    EXPECT_EQ(parse_ice(number), ignored(MessageError::kNotJson)) << number;
  }
}

TEST_F(Message, MayHoldAnyNumberOfADouble) {
  for (const std::string number :
       {"1e308", "-1.7976931348623157e308", "5e-324", "1e-999", "0.1", "1E5", "123456789012345678"}) {
    EXPECT_EQ(parse_ice(number), ice(number));
  }
}

TEST_F(Message, IsIgnoredForLoneSurrogates) {
  for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\udfff")", R"("\ud83d\ud83d")", R"("\ud83dx")",
                           R"("\ud83d\n")", R"("\ude00\ud83d")", R"({"\udc00":1})"}) {
    EXPECT_EQ(parse_ice(text), ignored(MessageError::kNotJson)) << text;
  }
  EXPECT_EQ(parse_offer(R"({"userId":"\udc00"})"), ignored(MessageError::kNotJson));
}

TEST_F(Message, IsIgnoredWithAByteOrderMark) {
  EXPECT_EQ(parse("\xef\xbb\xbf{\"event\":\"call:hangup\"}"), ignored(MessageError::kNotJson));
}

TEST_F(Message, MayBeNestedToTheLimitAndNoDeeper) {
  const auto limit = static_cast<std::size_t>(info(Limit::kJsonDepth).default_value);
  const auto deep = [](std::size_t levels) { return nested(levels - 1); };  // the message itself is a level
  EXPECT_EQ(parse_ice(deep(64)), ice(deep(64))) << "the original's clients may send this";
  EXPECT_EQ(parse_ice(deep(limit)), ice(deep(limit)));
  EXPECT_EQ(parse_ice(deep(limit + 1)), ignored(MessageError::kNotJson));
  EXPECT_EQ(parse_ice(deep(5'000)), ignored(MessageError::kNotJson));
  EXPECT_EQ(parse_ice(deep(100'000)), ignored(MessageError::kNotJson));
  EXPECT_EQ(parse_ice(std::string(100'000, '[')), ignored(MessageError::kNotJson));
}

TEST_F(Message, MayHaveObjectsNestedToTheLimitInAFieldThatIsCutOrSkipped) {
  std::string objects = "1";
  for (int level = 0; level < 60; ++level) objects = R"({"a":[)" + objects + "]}";
  EXPECT_EQ(parse_ice(objects), ice(objects));
  EXPECT_EQ(parse(R"({"x":)" + objects + R"(,"event":"call:ice","payload":{}})"), ice("{}"));
  EXPECT_EQ(parse_offer(R"({"fromUserId":)" + objects + R"(,"userId":"bob"})"),
            offer("bob", R"({"userId":"bob"})"));
}

TEST_F(Message, IsIgnoredWhenAKnownKeyOccursTwiceAtItsLevel) {
  for (const char* text :
       {R"({"event":"call:ice","event":"call:ice"})", R"({"event":"call:ice","\u0065vent":"call:hangup"})",
        R"({"even\u0074":null,"event":"call:ice"})", R"({"event":"call:ice","payload":{},"payload":{}})",
        R"({"payload":1,"event":"call:ice","p\u0061yload":1})",
        R"({"payload":null,"event":"call:ice","payload":{}})"}) {
    EXPECT_EQ(parse(text), ignored(MessageError::kDoubledKey)) << text;
  }
  for (const char* payload :
       {R"({"userId":"bob","userId":"bob"})", R"({"userId":"bob","user\u0049d":"eve"})",
        R"({"userId":null,"userId":"bob"})", R"({"targetUserId":"bob","targetUserId":"bob"})",
        R"({"\u0074argetUserId":"bob","a":1,"targetUserId":"eve"})",
        R"({"userId":"bob","fromUserId":"a","fromUserId":"b"})",
        R"({"userId":"bob","fromUserId":"a","fromUserI\u0064":"b"})",
        R"({"\u0066romUserId":{"fromUserId":1},"userId":"bob","fromUserId":[]})"}) {
    EXPECT_EQ(parse_offer(payload), ignored(MessageError::kDoubledKey)) << payload;
    EXPECT_EQ(parse_ice(payload), ignored(MessageError::kDoubledKey)) << payload;
  }
}

TEST_F(Message, MayHaveAKnownKeyAgainAtAnotherLevel) {
  const std::string payload =
      R"({"event":1,"payload":2,"a":{"userId":"eve","userId":1,"fromUserId":2,"fromUserId":3}})";
  EXPECT_EQ(parse_ice(payload), ice(payload));
  EXPECT_EQ(parse(R"({"userId":1,"userId":2,"fromUserId":3,"fromUserId":4,"event":"call:ice"})"), ice(""));
}

TEST_F(Message, MayHaveOtherKeysTwice) {
  EXPECT_EQ(
      parse(
          R"({"x":1,"x":2,"event":"call:ice","payload":{"candidate":1,"candidate":2,"UserId":3,"UserId":4}})"),
      ice(R"({"candidate":1,"candidate":2,"UserId":3,"UserId":4})"));
}

TEST_F(Message, HasAsManyPayloadFieldsAsAllowedAndNoMore) {
  const auto fields = [](std::size_t count) {
    std::string text = R"({"userId":"bob")";
    for (std::size_t i = 1; i < count; ++i) text += ",\"k" + std::to_string(i) + "\":{\"x\":1,\"y\":2}";
    return text + "}";
  };
  EXPECT_EQ(parse_offer(fields(kKeysMax)), offer("bob", fields(kKeysMax)));
  EXPECT_EQ(parse_offer(fields(kKeysMax + 1)), ignored(MessageError::kTooManyKeys));
  EXPECT_EQ(parse_ice(fields(kKeysMax + 1)), ignored(MessageError::kTooManyKeys));
  EXPECT_EQ(parse_ice("[" + fields(kKeysMax + 1) + "]"), ice("[" + fields(kKeysMax + 1) + "]"))
      << "top level only";
}

TEST_F(Message, IsJudgedAloneWhateverCameBefore) {
  const std::string large =
      R"({"sdp":")" + std::string(100'000, 's') + R"(","userId":"bob","fromUserId":"x"})";
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(parse_offer(large),
              offer("bob", R"({"sdp":")" + std::string(100'000, 's') + R"(","userId":"bob"})"));
    EXPECT_EQ(parse(R"({"event":"call:ice","payload":)" + nested(500) + "}"),
              ignored(MessageError::kNotJson));
    EXPECT_EQ(parse_offer(R"({"sdp":1})"), ignored(MessageError::kNoTarget));
    EXPECT_EQ(parse(R"({"event":"call:ice")"), ignored(MessageError::kNotJson));
    EXPECT_EQ(parse(R"({"event":"call:hangup"})"), hangup(""));
    EXPECT_EQ(parse_offer(R"({"targetUserId":5})"), offer("5", R"({"targetUserId":5})"));
  }
}

// Goal: no prefix of a message is one, and none makes the parser look behind its end.
TEST_F(Message, IsIgnoredWhereverItIsCutOff) {
  const std::string message =
      R"({"event":"call:offer","payload":{"userId":"b\u006fb","a":[1,{"b":null}],"fromUserId":"x","n":-1.5e3,"t":true}})";
  ASSERT_EQ(parse(message), offer("bob", R"({"userId":"b\u006fb","a":[1,{"b":null}],"n":-1.5e3,"t":true})"));
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_EQ(parse(message.substr(0, size)), ignored(MessageError::kNotJson)) << size;
  }
}

}  // namespace
}  // namespace zvonok::protocol
