#include "net/request_parser.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "net/http_session_test_support.hpp"

namespace zvonok::net {
namespace {

using http::Error;

constexpr std::string_view kChunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Outcome {
  std::optional<Error> error;
  bool is_done = false;
  std::string body;
  std::string rest;  // what is not of this request
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// How a client that waits for the verdict sees it: behind an error nothing is fed.
Outcome outcome_of(const std::vector<std::string>& pieces) {
  RequestParser parser(testing::HttpSession::limits());
  EXPECT_EQ(parser.take_head(kChunked), std::nullopt);
  Outcome outcome;
  for (const auto& piece : pieces) {
    outcome.rest += piece;
    if (!outcome.error && !parser.is_done()) outcome.error = parser.take_body(outcome.rest);
  }
  outcome.is_done = parser.is_done();
  if (outcome.is_done) outcome.body = parser.release_body();
  if (!outcome.is_done) outcome.rest.clear();
  return outcome;
}

std::vector<std::string> bytes_of(std::string_view text) {
  std::vector<std::string> bytes;
  for (const char byte : text) bytes.emplace_back(1, byte);
  return bytes;
}

struct Body {
  std::string bytes;
  Outcome outcome;
};
Body good(std::string bytes, std::string body, std::string rest = {}) {
  return {std::move(bytes), {std::nullopt, true, std::move(body), std::move(rest)}};
}
Body bad(std::string bytes, Error error = Error::kBadRequest) {
  return {std::move(bytes), {.error = error, .body = {}, .rest = {}}};
}
Body unfinished(std::string bytes) {
  return {std::move(bytes), {.error = std::nullopt, .body = {}, .rest = {}}};
}

// Method: each body in one piece, cut in two at every place, and byte by byte.
TEST(RequestParser, JudgesAChunkedBodyTheSameHoweverItIsCut) {
  const std::string whole_body(1'024, 'b');
  for (const auto& [bytes, expected] : {
           good("5\r\nhello\r\n0\r\n\r\n", "hello"),
           good("0\r\n\r\n", ""),
           good("000\r\n\r\n", ""),
           good("0;a=\"b\"\r\nX: y\r\n\r\n", ""),
           good("1;x\r\na\r\nA\r\n0123456789\r\n0\r\n\r\nGET /", "a0123456789", "GET /"),
           good("200\r\n" + whole_body.substr(512) + "\r\n200\r\n" + whole_body.substr(512) + "\r\n0\r\n\r\n",
                whole_body),
           unfinished("0"),
           unfinished("0\r\n"),
           unfinished("0\r\nX: y\r\n"),
           unfinished("5\r\nhello\r\n0\r\n"),
           unfinished("200;a=\"\r\nno end of a quotation"),
           bad("zz\r\nhello\r\n0\r\n\r\n"),
           bad("\r\nhello\r\n0\r\n\r\n"),
           bad("1\r\na\r\n\r\n"),
           bad("1\r\naa\r\n0\r\n\r\n"),
           bad("0\r\n:\r\n\r\n"),
           bad("200;a=\"\r\nan extension that goes on behind its line\"\r\n"),
           bad("401\r\n", Error::kBodyTooLarge),
           bad("200\r\n" + std::string(512, 'b') + "\r\n201\r\n", Error::kBodyTooLarge),
           bad("1;" + std::string(2'100, 'x'), Error::kBodyTooLarge),
           bad("0\r\nX: " + std::string(2'100, 'x'), Error::kBodyTooLarge),
       }) {
    EXPECT_EQ(outcome_of({bytes}), expected) << bytes.substr(0, 60);
    EXPECT_EQ(outcome_of(bytes_of(bytes)), expected) << bytes.substr(0, 60);
    for (std::size_t at = 1; at < bytes.size(); ++at)
      ASSERT_EQ(outcome_of({bytes.substr(0, at), bytes.substr(at)}), expected)
          << at << ": " << bytes.substr(0, 60);
  }
}

// Beast throws where a field's name or value, with two bytes more, does not fit into 16 bits.
TEST(RequestParser, RefusesFieldsThatBeastCannotHold) {
  auto limits = testing::HttpSession::limits();
  limits.header_bytes = 200'000;
  const std::string longest(65'533, 'x');
  for (const auto& [field, error] : std::vector<std::pair<std::string, std::optional<Error>>>{
           {"X: " + longest, std::nullopt},
           {"X: x" + longest, Error::kHeadTooLarge},
           {"x" + longest + ": y", Error::kHeadTooLarge}}) {
    EXPECT_EQ(RequestParser(limits).take_head("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n"), error);
    RequestParser parser(limits);
    ASSERT_EQ(parser.take_head(kChunked), std::nullopt);
    std::string trailer = "0\r\n" + field + "\r\n\r\n";
    EXPECT_EQ(parser.take_body(trailer), error);
  }
}

}  // namespace
}  // namespace zvonok::net
