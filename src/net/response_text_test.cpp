#include "net/response_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http/error.hpp"

namespace zvonok::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The date that RFC 9110 section 5.6.7 uses as its example.
constexpr base::WallTime kNow{base::seconds(784'111'777)};

std::string text(const http::Response& response, KeepAlive keep = KeepAlive::kYes,
                 SendBody body = SendBody::kYes) {
  return response_text(response, keep, body, kNow);
}

TEST(ResponseText, IsExactlyThis) {
  EXPECT_EQ(text({.status = 200, .body = "{}", .headers = {{"ETag", "\"1\""}}}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json; charset=utf-8\r\n"
            "Content-Length: 2\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "ETag: \"1\"\r\n"
            "\r\n"
            "{}");
}

TEST(ResponseText, SaysThatTheConnectionEnds) {
  EXPECT_THAT(text({.body = ""}, KeepAlive::kNo), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(text({.body = ""}), Not(HasSubstr("Connection:")));
}

// RFC 9110 section 9.3.2: the same headers as GET, but no body.
TEST(ResponseText, TellsHeadTheLengthOfWhatItDoesNotSend) {
  const http::Response response{.status = 200, .body = "12345"};
  const auto head = text(response, KeepAlive::kYes, SendBody::kNo);
  EXPECT_EQ(head + "12345", text(response));
  EXPECT_THAT(head, HasSubstr("Content-Length: 5\r\n"));
}

// RFC 9110 section 8.6: no Content-Length in 204; a body behind either would be read as the next response.
TEST(ResponseText, SendsNoBodyWhereNoneMayBe) {
  for (const unsigned status : {204u, 304u}) {
    const auto sent = text({.status = status, .body = "must not leave"});
    EXPECT_THAT(sent, EndsWith("\r\n\r\n"));
    EXPECT_THAT(sent, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(sent, Not(HasSubstr("\r\nContent-Type:")));
  }
}

TEST(ResponseText, SendsAnEmptyBodyWithItsLength) {
  EXPECT_THAT(text({.status = 200, .content_type = "", .body = ""}), HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(text({.status = 200, .content_type = "", .body = ""}), Not(HasSubstr("\r\nContent-Type:")));
}

TEST(ResponseText, NamesEveryStatusThatWeAnswer) {
  for (const auto& error : http::kErrors) {
    const auto sent = text({.status = error.status, .body = ""});
    EXPECT_THAT(sent, Not(HasSubstr("Unknown"))) << error.status;
    EXPECT_THAT(sent, StartsWith("HTTP/1.1 " + std::to_string(error.status) + " "));
  }
}

TEST(ResponseText, HasNoBannerThatNamesAVersion) {
  EXPECT_THAT(text({.body = ""}), Not(HasSubstr("Server:")));
}

// RFC 6455 section 1.3's example.
TEST(SwitchingProtocolsText, ProvesThatTheKeyWasRead) {
  EXPECT_EQ(switching_protocols_text("dGhlIHNhbXBsZSBub25jZQ==", std::nullopt),
            "HTTP/1.1 101 Switching Protocols\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "\r\n");
}

TEST(SwitchingProtocolsText, EchoesTheSubprotocolThatWasChosen) {
  EXPECT_THAT(switching_protocols_text("dGhlIHNhbXBsZSBub25jZQ==", "chat"),
              HasSubstr("\r\nSec-WebSocket-Protocol: chat\r\n"));
}

// An empty extensions line is an error to Safari.
TEST(SwitchingProtocolsText, NeverNamesExtensions) {
  EXPECT_THAT(switching_protocols_text("dGhlIHNhbXBsZSBub25jZQ==", "chat"), Not(HasSubstr("Extensions")));
}

}  // namespace
}  // namespace zvonok::net
