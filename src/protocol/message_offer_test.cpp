// Whom an offer is for, and how a sender that the client wrote itself is cut out of it.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/json_test_support.hpp"
#include "protocol/message.hpp"
#include "protocol/message_test_support.hpp"

namespace zvonok::protocol {
namespace {

const std::string kNobody;  // a target that no user can be

class OfferTarget : public MessageTest {};

TEST_F(OfferTarget, IsAStringOrAnIntegerAsText) {
  const auto target_is = [&](const std::string& user_id, const std::string& target) {
    EXPECT_EQ(parse_offer(R"({"userId":)" + user_id + "}"), offer(target, R"({"userId":)" + user_id + "}"));
    EXPECT_EQ(parse_offer(R"({"targetUserId":)" + user_id + "}"),
              offer(target, R"({"targetUserId":)" + user_id + "}"));
  };
  target_is(R"("bob")", "bob");
  target_is(R"("42")", "42");
  target_is("42", "42");
  target_is("-7", "-7");
  target_is(R"("0")", "0");
  target_is(R"(" ")", " ");
  target_is(R"("b\u006f\u0062")", "bob");
  target_is(R"("Боб \"\\\/ \ud83d\ude00")", "Боб \"\\/ 😀");
  target_is(R"("a\nb")", "a\nb");
  target_is("9007199254740991", "9007199254740991");
  target_is("-9007199254740991", "-9007199254740991");
}

TEST_F(OfferTarget, IsNobodyWhenNoUserCanHaveSuchAnId) {
  for (const std::string user_id :
       {"true", "[]", "{}", R"(["bob"])", R"({"userId":"bob"})", "1.5", "1.0", "1e2", "5e-324",
        "9007147777.7777777777738523980992", "9007199254740992", "-9007199254740992", "18446744073709551615",
        R"("bob\u0000")", R"("\u0000")"}) {
    EXPECT_EQ(parse_offer(R"({"userId":)" + user_id + R"(,"targetUserId":"eve"})"),
              offer(kNobody, R"({"userId":)" + user_id + R"(,"targetUserId":"eve"})"));
  }
}

TEST_F(OfferTarget, MayBeAsLongAsAnIdAndNoLonger) {
  const auto limit = static_cast<std::size_t>(info(Limit::kUserIdBytes).default_value);
  const auto target_of = [&](const std::string& id) {
    return std::get<Accepted>(parse_offer(R"({"userId":")" + id + "\"}").value).target;
  };
  const std::string longest(limit, 'u');
  EXPECT_EQ(target_of(longest), longest);
  EXPECT_EQ(target_of(longest + "u"), kNobody);
  std::string escaped;
  for (std::size_t i = 0; i < limit; ++i) escaped += "\\u0075";
  EXPECT_EQ(target_of(escaped), longest) << "its bytes are counted, not those of its spelling";
  EXPECT_EQ(target_of(escaped + "u"), kNobody);
}

TEST_F(OfferTarget, IsUserIdBeforeTargetUserIdWhicheverComesFirst) {
  EXPECT_EQ(parse_offer(R"({"userId":"bob","targetUserId":"eve"})"),
            offer("bob", R"({"userId":"bob","targetUserId":"eve"})"));
  EXPECT_EQ(parse_offer(R"({"targetUserId":"eve","userId":"bob"})"),
            offer("bob", R"({"targetUserId":"eve","userId":"bob"})"));
}

TEST_F(OfferTarget, IsUserIdAlsoWhenBothAreIntegers) {
  EXPECT_EQ(parse_offer(R"({"userId":42,"targetUserId":7})"),
            offer("42", R"({"userId":42,"targetUserId":7})"));
  EXPECT_EQ(parse_offer(R"({"targetUserId":7,"userId":42})"),
            offer("42", R"({"targetUserId":7,"userId":42})"));
  EXPECT_EQ(parse_offer(R"({"userId":0,"targetUserId":7})"), offer("7", R"({"userId":0,"targetUserId":7})"));
  EXPECT_EQ(parse_offer(R"({"targetUserId":7,"userId":0})"), offer("7", R"({"targetUserId":7,"userId":0})"));
}

TEST_F(OfferTarget, FallsThroughWhatIsFalseInJavaScript) {
  for (const std::string nothing :
       {"null", R"("")", "0", "-0", "0.0", "-0.0", "0e5", "1e-999", "-1e-999", "false"}) {
    const std::string both = R"({"userId":)" + nothing + R"(,"targetUserId":"bob"})";
    EXPECT_EQ(parse_offer(both), offer("bob", both));
    EXPECT_EQ(parse_offer(R"({"userId":)" + nothing + "}"), ignored(MessageError::kNoTarget)) << nothing;
    EXPECT_EQ(parse_offer(R"({"targetUserId":)" + nothing + "}"), ignored(MessageError::kNoTarget))
        << nothing;
    EXPECT_EQ(parse_offer(R"({"userId":null,"targetUserId":)" + nothing + "}"),
              ignored(MessageError::kNoTarget))
        << nothing;
  }
}

TEST_F(OfferTarget, IsMissingInAPayloadThatIsNoObjectOrNamesNobody) {
  for (const char* payload :
       {"null", "true", "1", R"("bob")", "[]", R"(["userId","bob"])", R"([{"userId":"bob"}])", "{}",
        R"({"sdp":"v=0"})", R"({"userid":"bob"})", R"({"to":{"userId":"bob"}})"}) {
    EXPECT_EQ(parse_offer(payload), ignored(MessageError::kNoTarget)) << payload;
  }
}

class ForgedSender : public MessageTest {};

TEST_F(ForgedSender, IsCutOutWithTheCommaThatBelongsToIt) {
  struct Case {
    const char *payload, *without;
  };
  for (const auto& [payload, without] : std::initializer_list<Case>{
           {R"({"fromUserId":"m","userId":"bob"})", R"({"userId":"bob"})"},
           {R"({"userId":"bob","fromUserId":"m"})", R"({"userId":"bob"})"},
           {R"({"userId":"bob","fromUserId":"m","sdp":1})", R"({"userId":"bob","sdp":1})"},
           {"{ \"fromUserId\" : \"m\" , \"userId\" : \"bob\" }", "{  \"userId\" : \"bob\" }"},
           {"{ \"userId\" : \"bob\" , \"fromUserId\" : \"m\" }", "{ \"userId\" : \"bob\"  }"},
           {"{\n\t\"userId\": \"bob\",\r\n\t\"fromUserId\": 7,\r\n\t\"a\": []\n}",
            "{\n\t\"userId\": \"bob\",\r\n\t\"a\": []\n}"},
           {R"({"userId":"bob","\u0066rom\u0055serId":"m"})", R"({"userId":"bob"})"},
       }) {
    EXPECT_EQ(parse_offer(payload), offer("bob", without));
  }
}

// Goal: whatever the value, the place and the whitespace, what is left is the client's payload without that
// member. Method: all combinations, read back by another parser.
TEST_F(ForgedSender, IsCutOutWhateverItsValuePlaceAndWhitespaceAre) {
  const std::string values[] = {"null",
                                "true",
                                "-1.5e3",
                                "7",
                                R"("")",
                                R"("m")",
                                R"("\"},{\\")",
                                R"(",\"a\":")",
                                "[]",
                                "{}",
                                "[ ]",
                                "{ }",
                                R"([1,{"fromUserId":2},[3]])",
                                R"({"fromUserId":{"fromUserId":[]},"userId":1})",
                                R"({"a":"}"})",
                                R"(["]"])"};
  const std::string spaces[] = {"", " ", "\n\t \r\n", "          "};
  const std::string spellings[] = {R"("fromUserId")", R"("\u0066romUserId")", R"("fromUser\u0049\u0064")"};
  std::size_t looked_at = 0;
  for (const auto& value : values) {
    for (const auto& space : spaces) {
      for (const auto& key : spellings) {
        for (std::size_t place = 0; place < 4; ++place) {
          std::vector<std::string> members{R"("userId":"bob")", R"("a,b":",")",
                                           R"("c":{"fromUserId":"deep"})"};
          members.insert(members.begin() + static_cast<std::ptrdiff_t>(place),
                         key + space + ":" + space + value);
          std::string payload = "{" + space;
          for (const auto& member : members)
            payload += (&member == &members[0] ? "" : space + "," + space) + member;
          payload += space + "}";

          const Outcome outcome = parse_offer(payload);
          ASSERT_TRUE(std::holds_alternative<Accepted>(outcome.value)) << payload;
          const auto& accepted = std::get<Accepted>(outcome.value);
          auto wanted = read_json(payload);
          wanted.erase("fromUserId");
          EXPECT_EQ(accepted.target, "bob");
          EXPECT_EQ(read_json(accepted.payload), wanted) << payload;
          const auto keys = survey(accepted.payload)->keys;
          EXPECT_EQ(std::count(keys.begin(), keys.end(), "fromUserId"), 0) << payload;
          ++looked_at;
        }
      }
    }
  }
  EXPECT_EQ(looked_at, 16U * 4 * 3 * 4);
}

TEST_F(ForgedSender, StaysWhereItIsNoMemberOfThePayloadItself) {
  for (const std::string payload :
       {R"({"userId":"bob","a":{"fromUserId":"m"}})", R"({"userId":"bob","a":["fromUserId"]})",
        R"({"userId":"fromUserId"})", R"({"userId":"bob","fromuserid":"m"})",
        R"({"userId":"bob","fromUserId\u0000":"m"})", R"({"userId":"bob"," fromUserId":"m"})"}) {
    const auto outcome = parse_offer(payload);
    ASSERT_TRUE(std::holds_alternative<Accepted>(outcome.value)) << payload;
    EXPECT_EQ(std::get<Accepted>(outcome.value).payload, payload);
  }
}

TEST_F(ForgedSender, LeavesAPayloadThatNamesNobodyIgnored) {
  EXPECT_EQ(parse_offer(R"({"fromUserId":"m"})"), ignored(MessageError::kNoTarget));
  EXPECT_EQ(parse_offer(R"({ "fromUserId" : { } })"), ignored(MessageError::kNoTarget));
}

}  // namespace
}  // namespace zvonok::protocol
