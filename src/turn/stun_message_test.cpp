#include "turn/stun_message.hpp"

#include <gtest/gtest.h>

#include "turn/hmac.hpp"

namespace zvonok::turn {
namespace {

constexpr TransactionId kId{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

// RFC 5769 section 2.4 has these parts of a request with long-term authentication; the key and the hash over
// the message up to it are what counts.
TEST(StunMessage, HasTheIntegrityOfTheLongTermMechanism) {
  EXPECT_EQ(lower_hex(md5("user:realm:pass")), "8493fbc53ba582fb4c044c456bdc40eb");
  const LongTerm login{"user", "pass", "realm", "nonce"};
  const auto request = allocate_request(kId, AddressFamily::kIpv4, &login);
  ASSERT_EQ(message_size(request), request.size());
  const auto covered = request.substr(0, request.size() - 24);
  EXPECT_EQ(request.substr(request.size() - 20), hmac_sha1(md5("user:realm:pass"), covered));
}

std::string response(std::string_view type, std::string_view attributes) {
  std::string text(type);
  text += '\0';
  text += static_cast<char>(attributes.size());
  text += "\x21\x12\xa4\x42";
  text.append(reinterpret_cast<const char*>(kId.data()), kId.size());
  return text + std::string(attributes);
}

TEST(StunMessage, ReadsWhatTheServerWantsToBeAsked) {
  const auto read = read_response(
      response("\x01\x13",
               {"\x00\x09\x00\x04\x00\x00\x04\x01\x00\x14\x00\x03rlm\x00\x00\x15\x00\x02n1\x00\x00", 24}),
      kId);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->success);
  EXPECT_EQ(read->error, 401u);
  EXPECT_EQ(read->realm + "/" + read->nonce, "rlm/n1");
  EXPECT_TRUE(read_response(response("\x01\x03", ""), kId)->success);
}

TEST(StunMessage, TakesNothingElseForAnAnswer) {
  EXPECT_FALSE(read_response("", kId));
  EXPECT_FALSE(read_response(response("\x01\x03", "").substr(0, 19), kId)) << "cut";
  EXPECT_FALSE(read_response(response("\x01\x03", ""), TransactionId{})) << "another transaction's";
  EXPECT_FALSE(read_response(allocate_request(kId, AddressFamily::kIpv4, nullptr), kId)) << "a request";
  EXPECT_FALSE(read_response(response("\x01\x03", {"\x00\x15\x00\x50xx", 6}), kId))
      << "an attribute past the end";
  EXPECT_FALSE(message_size("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
}

}  // namespace
}  // namespace zvonok::turn
