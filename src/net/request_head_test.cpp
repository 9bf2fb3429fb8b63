#include "net/request_head.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace zvonok::net {
namespace {

using http::Error;

constexpr std::size_t kHeaderCountMax = 100;

// A head as it stands on the wire, its lines joined; what `check_head` gets has no empty line.
std::string head_of(std::initializer_list<std::string_view> lines) {
  std::string head;
  for (const auto line : lines) head.append(line).append("\r\n");
  return head;
}

// Both looks that the server takes at a head: while it arrives, and when it is whole.
std::optional<Error> verdict(const std::string& head, std::size_t header_count_max = kHeaderCountMax) {
  if (const auto error = check_partial_head(head + "\r\n", 0)) return error;
  return check_head(head, header_count_max);
}

std::string name_of(std::optional<Error> error) {
  return error ? std::string(http::info(*error).code) : "accepted";
}

// A request with this one header line beside Host.
std::string with(std::string_view line) {
  return head_of({"GET /ws HTTP/1.1", "Host: a", line});
}

TEST(RequestHead, AcceptsWhatClientsAndProxiesSend) {
  for (const auto& head : {
           head_of({"GET / HTTP/1.1", "Host: a"}),
           head_of({"GET /healthz HTTP/1.0"}),
           head_of({"OPTIONS / HTTP/1.0"}),
           head_of({"OPTIONS * HTTP/1.1", "Host: a"}),
           head_of({"GET http://x/healthz HTTP/1.1", "Host: x"}),
           head_of({"GET /ws?token=a.b-c_d%2E HTTP/1.1", "host: a"}),
           head_of({"BREW / HTTP/1.1", "HOST: a:3001"}),
           with("Connection: keep-alive, Upgrade"),
           with("sec-websocket-key:dGhlIHNhbXBsZSBub25jZQ=="),
           with("Authorization:\tbearer T \t "),
           with("X-Empty:"),
           with("X-Latin: caf\xe9"),
           with("Content-Length: 0"),
           with("Content-Length: 0005"),
           with("Transfer-Encoding: chunked"),
           with("transfer-encoding: Chunked"),
           with("Cookie: a=\"b\"; c=d:e"),
       }) {
    EXPECT_EQ(name_of(verdict(head)), "accepted") << head;
  }
}

TEST(RequestHead, RefusesARequestLineThatIsNone) {
  for (const auto* line : {"", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
                           "GET / / HTTP/1.1", "GET\t/\tHTTP/1.1", "G@T / HTTP/1.1", "GET(x) / HTTP/1.1",
                           "GET / http/1.1", "GET / HTTPS/1.1", "GET /\xff HTTP/1.1", "GET /a\tb HTTP/1.1"}) {
    EXPECT_EQ(name_of(verdict(head_of({line, "Host: a"}))), "bad_request") << line;
  }
}

TEST(RequestHead, SaysWhichVersionsItSpeaks) {
  for (const auto* line : {"PRI * HTTP/2.0", "GET / HTTP/2", "GET / HTTP/0.9", "GET / HTTP/1.2",
                           "GET / HTTP/1.10", "GET / HTTP/11", "GET / HTTP/", "GET / HTTP/1.1\tx"}) {
    EXPECT_EQ(name_of(verdict(head_of({line, "Host: a"}))), "http_version_not_supported") << line;
  }
}

TEST(RequestHead, WantsExactlyOneHost) {
  EXPECT_EQ(name_of(verdict(head_of({"GET / HTTP/1.1"}))), "missing_host");
  EXPECT_EQ(name_of(verdict(head_of({"GET / HTTP/1.1", "Host: a", "host: a"}))), "missing_host");
  EXPECT_EQ(name_of(verdict(head_of({"GET / HTTP/1.1", "Host: a", "HOST: b"}))), "missing_host");
  EXPECT_EQ(name_of(verdict(head_of({"GET / HTTP/1.0", "Host: a", "Host: a"}))), "missing_host");
}

// Each of these was read in two ways by two servers once.
TEST(RequestHead, RefusesEveryFormOfSmuggling) {
  for (const auto& head : {
           with("Content-Length: 5\r\nContent-Length: 5"),
           with("Content-Length: 5\r\ncontent-length: 6"),
           with("Content-Length: 5, 5"),
           with("Content-Length: +5"),
           with("Content-Length: -1"),
           with("Content-Length: 0x5"),
           with("Content-Length: 5 5"),
           with("Content-Length: 5;"),
           with("Content-Length:"),
           with("Content-Length: five"),
           with("Content-Length: 5\r\nTransfer-Encoding: chunked"),
           with("Transfer-Encoding: chunked\r\nContent-Length: 0"),
           with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
           with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
           with("Transfer-Encoding: gzip, chunked"),
           with("Transfer-Encoding: chunked, identity"),
           with("Transfer-Encoding: identity"),
           with("Transfer-Encoding: xchunked"),
           with("Transfer-Encoding: \"chunked\""),
           with("Transfer-Encoding: chunked;q=1"),
           with("Transfer-Encoding:"),
           with("Transfer-Encoding : chunked"),
           with("Content-Length : 5"),
           with("Content-Length\t: 5"),
           with("Transfer-Encoding\x0b: chunked"),
           with("Transfer-Encoding: \x0b"
                "chunked"),
           with(" Transfer-Encoding: chunked"),
           with("\tTransfer-Encoding: chunked"),
           with("X: y\r\n Transfer-Encoding: chunked"),
           with("X: y\r\n\tfolded"),
           with("X: y\nTransfer-Encoding: chunked"),
           with("X: y\rTransfer-Encoding: chunked"),
           with("X: y\r\r"),
           with("Transfer Encoding: chunked"),
           with(": no name"),
           with("no colon"),
           with("X\xff: y"),
           with("X[0]: y"),
           with(std::string_view("X: a\0b", 6)),
           with("X: a\x7f"),
           with("X: a\x1b"),
           head_of({"POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked"}),
           head_of({"GET / HTTP/1.1", " Host: a"}),
       }) {
    EXPECT_EQ(name_of(verdict(head)), "bad_request") << head;
  }
}

TEST(RequestHead, BoundsTheNumberOfLines) {
  std::string head = head_of({"GET / HTTP/1.1", "Host: a"});
  for (int i = 1; i < 16; ++i) head += "X: y\r\n";
  EXPECT_EQ(name_of(verdict(head, 16)), "accepted");
  EXPECT_EQ(name_of(verdict(head + "X: y\r\n", 16)), "head_too_large");
}

TEST(RequestHead, RefusesNonsenseBeforeTheHeadIsWhole) {
  EXPECT_EQ(check_partial_head("GET / HT", 0), std::nullopt);
  EXPECT_EQ(check_partial_head("GET / HTTP/1.1\r", 0), std::nullopt);
  EXPECT_EQ(check_partial_head("", 0), std::nullopt);
  EXPECT_EQ(check_partial_head("GET / HTTP/1.1\n", 0), Error::kBadRequest);
  EXPECT_EQ(check_partial_head("\n", 0), Error::kBadRequest);
  EXPECT_EQ(check_partial_head("\x16\x03\x01\x02", 0), Error::kBadRequest);  // a TLS client at a plain port
}

// A forbidden pair of bytes may be cut between two reads.
TEST(RequestHead, JudgesTheSameHoweverAHeadIsCut) {
  for (const std::string text : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\rHost", "GET /\nHost",
                                 "GET / HTTP/1.1\r\nX: \x01y"}) {
    const auto whole = check_partial_head(text, 0);
    std::optional<Error> piecemeal;
    for (std::size_t end = 1; end <= text.size() && !piecemeal; ++end) {
      piecemeal = check_partial_head(std::string_view(text).substr(0, end), end - 1);
    }
    EXPECT_EQ(name_of(whole), name_of(piecemeal)) << text;
  }
}

}  // namespace
}  // namespace zvonok::net
