#include "http/request.hpp"

#include <gtest/gtest.h>

#include "http/test_requests.hpp"

namespace zvonok::http {
namespace {

using testing::get;

TEST(EqualIgnoringCase, KnowsAsciiLettersOnly) {
  EXPECT_TRUE(equal_ignoring_case("Sec-WebSocket-Key", "sec-websocket-KEY"));
  EXPECT_TRUE(equal_ignoring_case("", ""));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
  EXPECT_FALSE(equal_ignoring_case("a[", "A{"));  // 0x20 apart, but no letters
  EXPECT_FALSE(equal_ignoring_case("\xc4", "\xe4"));
}

TEST(ListHolds, FindsATokenHoweverTheListIsWritten) {
  for (const auto* list : {"upgrade", "Upgrade", "keep-alive, Upgrade", "keep-alive,upgrade",
                           "Upgrade, close", " ,Upgrade,", "\tUpgrade\t", ",,,upgrade"}) {
    EXPECT_TRUE(list_holds(list, "upgrade")) << list;
  }
}

TEST(ListHolds, FindsWholeTokensOnly) {
  for (const auto* list : {"", ",", "not-upgrade", "upgraded", "up grade", "upgrade;q=1", "\"upgrade\""}) {
    EXPECT_FALSE(list_holds(list, "upgrade")) << list;
  }
}

TEST(Request, FindsHeadersInAnyCase) {
  const auto request = get("/", {{"sec-websocket-key", "1"}, {"X-EMPTY", ""}});
  EXPECT_EQ(request.header("Sec-WebSocket-Key"), "1");
  EXPECT_TRUE(request.has_header("x-empty"));
  EXPECT_EQ(request.header("x-empty"), "");
  EXPECT_FALSE(request.has_header("sec-websocket"));
  EXPECT_EQ(request.header("sec-websocket"), "");
}

TEST(Request, JoinsLinesOfOneName) {
  const auto request =
      get("/", {{"Connection", "keep-alive"}, {"Host", "a"}, {"connection", ""}, {"CONNECTION", "Upgrade"}});
  EXPECT_EQ(request.joined_header("Connection"), "keep-alive, , Upgrade");
  EXPECT_EQ(request.header("Connection"), "keep-alive");
  EXPECT_EQ(request.joined_header("Origin"), "");
}

TEST(SplitTarget, CutsThePathFromTheQuery) {
  const auto expect = [](std::string_view target, std::string_view path, std::string_view query) {
    const auto parts = split_target(target);
    EXPECT_EQ(parts.path, path) << target;
    EXPECT_EQ(parts.query, query) << target;
  };
  expect("/ws?token=T", "/ws", "token=T");
  expect("/ws", "/ws", "");
  expect("/ws?", "/ws", "");
  expect("/ws?a?b", "/ws", "a?b");
  expect("http://h/ws?token=T", "/ws", "token=T");
  expect("HTTPS://h:443/ws", "/ws", "");
  expect("http://h", "/", "");
  expect("*", "*", "");
  expect("host:443", "host:443", "");                       // CONNECT
  expect("/x?next=http://h/ws", "/x", "next=http://h/ws");  // an origin-form stays one
}

TEST(NamesAnAddress, IsNoForANameThatSomebodyMayHavePointedHere) {
  const auto with_host = [](const char* host) {
    Request request;
    request.headers = {{"Host", host}};
    return request;
  };
  for (const auto* host :
       {"127.0.0.1", "127.0.0.1:9464", "[::1]", "[::1]:9464", "localhost", "LOCALHOST:9464", "10.0.0.5:1"})
    EXPECT_TRUE(names_an_address(with_host(host))) << host;
  for (const auto* host :
       {"evil.example", "evil.example:9464", "localhost.evil.example", "127.0.0.1.evil.example:9464"})
    EXPECT_FALSE(names_an_address(with_host(host))) << host;
  EXPECT_TRUE(names_an_address(Request{})) << "HTTP/1.0: no browser";
}

}  // namespace
}  // namespace zvonok::http
