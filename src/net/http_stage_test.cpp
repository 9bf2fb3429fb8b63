// An HTTP conversation as a client sees it, byte by byte.
#include "net/http_stage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "net/http_session_test_support.hpp"

namespace zvonok::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::HttpSession;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

std::string upgrade(std::string_view token, std::string_view more = "") {
  return "GET /ws?token=" + std::string(token) +
         " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(more) + "\r\n";
}
// A masked text frame of up to 125 bytes, as a client sends it; the mask is 0.
std::string text_frame(std::string_view text) {
  return "\x81" + std::string(1, static_cast<char>(0x80 | text.size())) + std::string(4, '\0') +
         std::string(text);
}
std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}
std::string post(std::string_view body, std::string_view more = "") {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n" + std::string(body);
}

// A session whose handler answers with the body that it got, and shows every request.
struct EchoSession : HttpSession {
  EchoSession() {
    handler = [this](const http::Request& request, const http::Reply& reply) {
      requests.push_back(request);
      reply({.status = 200, .content_type = "text/plain", .body = request.body});
    };
  }
  std::vector<http::Request> requests;
};

TEST(HttpStage, AnswersOneRequestAfterAnother) {
  HttpSession session;
  session.send(kGet);
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 200 OK\r\n"));
  session.send(kGet);
  EXPECT_EQ(count(session.received(), "HTTP/1.1 200 OK"), 2u);
  EXPECT_FALSE(session.ended());
}

TEST(HttpStage, AnswersRequestsThatAreSentAheadInTheirOrder) {
  EchoSession session;
  session.send(post("a", "Content-Length: 1\r\n") + post("b", "Content-Length: 1\r\n") +
               post("1\r\nc\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"));
  ASSERT_EQ(session.requests.size(), 3u);
  EXPECT_EQ(session.requests[0].body + session.requests[1].body + session.requests[2].body, "abc");
  EXPECT_EQ(count(session.received(), "HTTP/1.1 200 OK"), 3u);
}

TEST(HttpStage, AnswersAHalfClosedClientAndThenEnds) {
  HttpSession session;
  session.send(std::string(kGet) + std::string(kGet));
  session.end();
  EXPECT_EQ(count(session.received(), "HTTP/1.1 200 OK"), 2u);
  EXPECT_TRUE(session.ended());
}

TEST(HttpStage, EndsWhenItIsAskedTo) {
  HttpSession session;
  session.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + std::string(kGet));
  EXPECT_THAT(session.received(), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(count(session.received(), "HTTP/1.1"), 1u);
  EXPECT_TRUE(session.ended());
}

// A load balancer's probe: HTTP/1.0, no Host.
TEST(HttpStage, AnswersHttp10AndEnds) {
  HttpSession session;
  session.send("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(session.ended());
}

// It is not told that the connection will stay, so it must not wait for it to.
TEST(HttpStage, EndsAfterHttp10EvenIfAskedToStay) {
  HttpSession session;
  session.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(session.received(), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(session.ended());
}

TEST(HttpStage, TakesOneLineEndBeforeARequest) {
  HttpSession session;
  session.send("\r");
  session.send("\n");
  session.send(kGet);
  session.send("\r\n" + std::string(kGet));
  EXPECT_EQ(count(session.received(), "HTTP/1.1 200 OK"), 2u);
  session.send("\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(count(session.received(), "HTTP/1.1 400 Bad Request"), 1u);
}

TEST(HttpStage, SaysNothingToAClientThatSaysNothing) {
  HttpSession session;
  session.end();
  EXPECT_THAT(session.received(), IsEmpty());
  EXPECT_TRUE(session.ended());
  EXPECT_THAT(session.log.lines, IsEmpty());
}

TEST(HttpStage, SendsNoBodyForHead) {
  HttpSession session;
  session.send("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(session.received(), HasSubstr("Content-Length: 15\r\n"));
  EXPECT_THAT(session.received(), EndsWith("\r\n\r\n"));
}

TEST(HttpStage, RefusesNonsenseAtItsFirstByteAndEnds) {
  for (const auto& [bytes, status] : std::vector<std::pair<std::string, std::string>>{
           {"\x16\x03\x01", "400"},
           {"GET / HTTP/1.1\n", "400"},
           {"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", "400"},
           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
           {"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", "404"},
           {"GET /" + std::string(2'000, 'a'), "431"},
           {post("", "Content-Length: 1025\r\n"), "413"},
           {post("", "Content-Length: 99999999999999999999999\r\n"), "400"},
           {post("zz\r\n", "Transfer-Encoding: chunked\r\n"), "400"},
           {post("fffffffffffffffff\r\n", "Transfer-Encoding: chunked\r\n"), "400"},
           {post("401\r\n" + std::string(1'025, 'a') + "\r\n", "Transfer-Encoding: chunked\r\n"), "413"},
           {post("1;" + std::string(4'000, 'x') + "\r\n", "Transfer-Encoding: chunked\r\n"), "413"},
       }) {
    HttpSession session;
    session.send(bytes + std::string(kGet));
    EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 " + status + " ")) << bytes.substr(0, 60);
    if (status == "404") continue;  // well-formed: the conversation goes on
    EXPECT_EQ(count(session.received(), "HTTP/1.1 "), 1u) << bytes.substr(0, 60);
    EXPECT_TRUE(session.ended()) << bytes.substr(0, 60);
  }
}

// Goal: whoever cuts the bytes, the answer is the same. The head is too long and also has a forbidden byte
// behind the limit.
TEST(HttpStage, JudgesAHeadTheSameHoweverItIsCut) {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1'100, 'x') + "\x01\r\n\r\n";
  HttpSession whole, cut;
  whole.send(bytes);
  for (const char byte : bytes) cut.send({&byte, 1});
  EXPECT_EQ(whole.received(), cut.received());
  EXPECT_THAT(whole.received(), StartsWith("HTTP/1.1 431 "));
}

// RFC 9110 section 6.5.1: trailers must not be merged into the headers; a proxy checks those only.
TEST(HttpStage, TakesNoHeaderFromATrailer) {
  EchoSession session;
  session.send(post("1\r\na\r\n0\r\nX-Forwarded-For: 203.0.113.7\r\nOrigin: x\r\n\r\n",
                    "Transfer-Encoding: chunked\r\n"));
  ASSERT_EQ(session.requests.size(), 1u);
  EXPECT_EQ(session.requests[0].body, "a");
  EXPECT_FALSE(session.requests[0].has_header("X-Forwarded-For"));
  EXPECT_FALSE(session.requests[0].has_header("Origin"));
}

// RFC 9110 section 15.5.6.
TEST(HttpStage, SaysWhichMethodsThereAreToAnUpgradeThatIsNoGet) {
  HttpSession session;
  session.send(
      "POST /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: "
      "0\r\n\r\n");
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(session.received(), HasSubstr("\r\nAllow: GET"));
}

TEST(HttpStage, OpensAWebSocket) {
  HttpSession session;
  session.send(upgrade(session.verifier.issue("anna")));
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_EQ(session.context.websockets, 1u);
  EXPECT_EQ(session.metrics.count(ports::Counter::kHttpRequests, 0), 1u) << "1xx";
  session.end();
  EXPECT_EQ(session.context.websockets, 0u);
}

// Browsers cannot read the status of a refused upgrade, but they can read a close code.
TEST(HttpStage, OpensAndClosesForATokenThatIsRefused) {
  HttpSession session;
  session.send(upgrade("wrong"));
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(session.received(), EndsWith("\r\n\r\n\x88\x0e\x0f\xa1Unauthorized"));
  EXPECT_TRUE(session.ended());
  EXPECT_FALSE(session.log.holds("wrong"));
  EXPECT_TRUE(session.log.holds("token refused reason=malformed"));
}

TEST(HttpStage, RefusesRequestsWhoseTokenIsBadAfterTooMany) {
  HttpSession session("203.0.113.7");
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(session.addresses.note_bad_token(*base::IpAddress::parse("203.0.113.7"), session.loop.now()));
  session.send(upgrade("wrong"));
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(session.log.lines, IsEmpty()) << "who guesses without end must not fill the log";
  EXPECT_EQ(session.metrics.count(ports::Counter::kTokensRefused, 2), 1u);
  HttpSession other("203.0.113.7");
  for (int i = 0; i < 9; ++i)
    (void)other.addresses.note_bad_token(*base::IpAddress::parse("203.0.113.7"), other.loop.now());
  other.send(upgrade(other.verifier.issue("anna")));
  EXPECT_THAT(other.received(), StartsWith("HTTP/1.1 101 ")) << "a valid one is always let in";
}

// Whoever sees the 101 may be called: in no step of the server is the one out and the other not yet in.
TEST(HttpStage, HasRegisteredTheClientBeforeThe101Leaves) {
  HttpSession session;
  const auto request = upgrade(session.verifier.issue("anna"));
  ASSERT_EQ(::write(session.client(), request.data(), request.size()), static_cast<ssize_t>(request.size()));
  while (session.received().empty()) {
    ASSERT_TRUE(session.step());
    session.read();
    session.hub.report_gauges();
    if (!session.received().empty()) {
      EXPECT_EQ(session.metrics.gauge(ports::Gauge::kDevices), 1);
    }
  }
}

TEST(HttpStage, EndsAClientThatNeverReadsItsPongs) {
  HttpSession session;
  session.send(upgrade(session.verifier.issue("anna")));
  const std::string payload(125, 'x');
  const std::string ping = "\x89\xfd" + std::string(4, '\0') + payload;
  constexpr auto kTooSlow = static_cast<std::size_t>(protocol::CloseReason::kTooSlow);
  std::size_t pings = 0;
  // The queue's megabyte, and what the kernel takes meanwhile.
  while (session.metrics.count(ports::Counter::kClosed, kTooSlow) == 0 && pings < 40'000) {
    if (session.send_without_reading(ping) == 0) break;
    ++pings;
  }
  EXPECT_EQ(session.metrics.count(ports::Counter::kClosed, kTooSlow), 1u) << pings;
}

// A line of a chunked body that never ends: Beast takes nothing of it, so it has to be counted while it
// waits.
TEST(HttpStage, BoundsALineOfAChunkedBodyThatDoesNotEnd) {
  for (const std::string begun : {"1;", "0\r\nX: "}) {
    HttpSession session;
    session.send(post(begun, "Transfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 4; ++i) session.send(std::string(1'000, 'x'));
    EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 413 ")) << begun;
  }
}

// A browser may send as soon as it has sent the upgrade's last byte; nothing of it is lost.
TEST(HttpStage, KeepsFramesThatComeBeforeTheVerdict) {
  HttpSession session;
  const auto token = session.verifier.issue("anna");
  session.verifier.answer_later();
  session.send(upgrade(token) + text_frame(R"({"event":"call:offer","payload":{"userId":"boris"}})"));
  session.send(text_frame(R"({"event":"call:offer","payload":{"userId":"vera"}})"));
  EXPECT_THAT(session.received(), IsEmpty());
  session.verifier.answer_waiting();
  session.work();
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 101 "));
  EXPECT_EQ(count(session.received(), R"({"event":"call:hangup"})"), 2u) << "nobody is there: two answers";
}

TEST(HttpStage, OpensNoWebSocketOnceOthersWereToldToGo) {
  HttpSession session;
  const auto token = session.verifier.issue("anna");
  session.verifier.answer_later();
  session.send(upgrade(token));
  session.context.draining = true;
  session.verifier.answer_waiting();
  session.work();
  EXPECT_THAT(session.received(), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(session.ended());
  EXPECT_EQ(session.context.websockets, 0u);
}

// Between two requests of one client the loop looks at all others.
TEST(HttpStage, AnswersOneRequestInATurnOfTheLoop) {
  HttpSession session;
  constexpr std::size_t kAhead = 100;
  std::string ahead;
  for (std::size_t i = 0; i < kAhead; ++i) ahead += kGet;
  ASSERT_EQ(::send(session.client(), ahead.data(), ahead.size(), 0), static_cast<ssize_t>(ahead.size()));
  std::size_t answered = 0;
  while (session.step()) {
    session.read();
    const auto now = count(session.received(), "HTTP/1.1 200");
    EXPECT_LE(now, answered + 1);
    answered = now;
  }
  EXPECT_EQ(answered, kAhead);
}

TEST(HttpStage, CopesWithAClientThatIsGoneBeforeTheVerdict) {
  HttpSession session;
  const auto token = session.verifier.issue("anna");
  session.verifier.answer_later();
  session.send(upgrade(token));
  session.end();
  session.verifier.answer_waiting();
  session.work();
  EXPECT_EQ(session.verifier.asked, 1);
}

TEST(HttpStage, AnswersAHandlerThatTakesItsTime) {
  HttpSession session;
  std::vector<http::Reply> waiting;
  session.handler = [&](const http::Request&, const http::Reply& reply) { waiting.push_back(reply); };
  session.send(std::string(kGet) + std::string(kGet));
  ASSERT_EQ(waiting.size(), 1u) << "one at a time";
  EXPECT_THAT(session.received(), IsEmpty());
  waiting[0]({.status = 200, .body = "1"});
  session.work();
  ASSERT_EQ(waiting.size(), 2u);
  waiting[0]({.status = 200, .body = "late and twice"});
  waiting[1]({.status = 200, .body = "2"});
  session.work();
  EXPECT_EQ(count(session.received(), "HTTP/1.1 200 OK"), 2u);
  EXPECT_THAT(session.received(), Not(HasSubstr("late")));
}

TEST(HttpStage, RefusesWhatIsNewWhileItDrainsOrIsFull) {
  HttpSession draining, full;
  draining.context.draining = true;
  draining.send(upgrade(draining.verifier.issue("anna")));
  EXPECT_THAT(draining.received(), HasSubstr("503 "));
  EXPECT_THAT(draining.received(), HasSubstr("\"draining\""));
  full.context.full = true;
  full.send(upgrade(full.verifier.issue("anna")));
  EXPECT_THAT(full.received(), HasSubstr("\"overloaded\""));
  EXPECT_EQ(draining.verifier.asked + full.verifier.asked, 0);
}

}  // namespace
}  // namespace zvonok::net
