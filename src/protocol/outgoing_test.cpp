#include "protocol/outgoing.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/json_test_support.hpp"

namespace zvonok::protocol {
namespace {

using nlohmann::json;

TEST(Outgoing, OfferIsTheClientsPayloadWithTheSenderBehindIt) {
  EXPECT_EQ(joined(offer_text(R"({"userId":"bob","sdp":"v=0"})", R"("alice")")),
            R"({"event":"call:offer","payload":{"userId":"bob","sdp":"v=0","fromUserId":"alice"}})");
}

TEST(Outgoing, OfferIsTheWantedValueForAnotherReader) {
  for (const char* payload :
       {R"({"userId":"bob"})", R"({"a":1 })", "{\"a\":{\"b\":[]}\n}", R"({"a":"}"})", R"({"":0})"}) {
    for (const char* from : {R"("alice")", "42", "-7", R"("\"}\\")"}) {
      const std::string text = joined(offer_text(payload, from));
      json wanted_payload = read_json(payload);
      wanted_payload["fromUserId"] = read_json(from);
      EXPECT_EQ(read_json(text), json({{"event", "call:offer"}, {"payload", wanted_payload}})) << text;
      const auto keys = survey(text)->payload_keys;
      EXPECT_EQ(std::count(keys.begin(), keys.end(), "fromUserId"), 1) << text;
    }
  }
}

TEST(Outgoing, AnswerAndCandidateGoOnAsTheyCame) {
  for (const std::string payload : {R"({"sdp":"v=0"})", "{ }", "[1, 2]", R"("text")", "null", "0", "true"}) {
    EXPECT_EQ(joined(answer_text(payload)), R"({"event":"call:answer","payload":)" + payload + "}");
    EXPECT_EQ(joined(ice_text(payload)), R"({"event":"call:ice","payload":)" + payload + "}");
    EXPECT_EQ(read_json(joined(answer_text(payload))),
              json({{"event", "call:answer"}, {"payload", read_json(payload)}}));
    EXPECT_EQ(read_json(joined(ice_text(payload))),
              json({{"event", "call:ice"}, {"payload", read_json(payload)}}));
  }
}

TEST(Outgoing, AMissingPayloadStaysMissing) {
  EXPECT_EQ(joined(answer_text("")), R"({"event":"call:answer"})");
  EXPECT_EQ(joined(ice_text("")), R"({"event":"call:ice"})");
}

TEST(Outgoing, HangupIsExactlyItsEvent) {
  EXPECT_EQ(joined(hangup_text()), R"({"event":"call:hangup"})");
}

TEST(Outgoing, SizeIsThatOfAllParts) {
  for (const auto& text : {offer_text(R"({"userId":"bob"})", "1"), answer_text("{}"), answer_text(""),
                           ice_text("null"), hangup_text()}) {
    EXPECT_EQ(text.size(), joined(text).size());
  }
}

TEST(OutgoingDeathTest, OfferNeedsAPayloadWithAMember) {
  EXPECT_DEATH((void)offer_text("{}", "1"), "payload");
  EXPECT_DEATH((void)offer_text("[1]", "1"), "payload");
}

TEST(JsonString, IsReadBackAsTheTextThatItIsOf) {
  std::string every_ascii_character;
  for (int c = 0; c < 128; ++c) every_ascii_character += static_cast<char>(c);
  for (const std::string& text : {std::string(), std::string("alice"), std::string("\"\\/"),
                                  every_ascii_character, std::string("Привет, 😀 \u2028")}) {
    EXPECT_EQ(read_json(json_string(text)).get<std::string>(), text);
  }
}

TEST(JsonString, EscapesOnlyWhatItMust) {
  EXPECT_EQ(json_string("a\"b\\c/d\x01\n\x1f\x7fЯ"), "\"a\\\"b\\\\c/d\\u0001\\u000a\\u001f\x7fЯ\"");
}

}  // namespace
}  // namespace zvonok::protocol
