#include "http/origin.hpp"

#include <gtest/gtest.h>

#include "http/test_requests.hpp"

namespace zvonok::http {
namespace {

using testing::get;
using testing::header_of;

const OriginList& listed() {
  static const OriginList kList({"https://app.example", "capacitor://localhost", "null"});
  return kList;
}

Request from(std::string origin) {
  return get("/ws", {{"Origin", std::move(origin)}});
}

// App shells send anything; the token is in the URL and not in a cookie, so no list means no question.
TEST(Origin, AnyPassesWithoutAList) {
  const OriginList none;
  for (const auto& origin :
       {std::string("null"), std::string("file://"), std::string("capacitor://localhost"),
        std::string("https://x.example:8443"), std::string(3'000, 'o'), std::string()}) {
    EXPECT_TRUE(websocket_origin_allowed(none, from(origin))) << origin;
  }
  EXPECT_TRUE(websocket_origin_allowed(none, get("/ws", {{"Origin", "a"}, {"Origin", "b"}})));
  EXPECT_TRUE(websocket_origin_allowed(none, get("/ws")));
}

TEST(Origin, AListedOnePassesHoweverItIsSpelled) {
  for (const auto* origin : {"https://app.example", "HTTPS://APP.EXAMPLE", "https://app.example:443",
                             "capacitor://localhost", "null"}) {
    EXPECT_TRUE(websocket_origin_allowed(listed(), from(origin))) << origin;
  }
}

TEST(Origin, OneThatOnlyLooksListedIsRefused) {
  for (const auto* origin :
       {"https://app.example.evil.example", "https://app.example@evil.example",
        "https://app.example:443@evil.example", "https://evil.example/https://app.example",
        "https://xapp.example", "https://app.example:8443", "https://app.example:4430", "http://app.example",
        "http://app.example:443", "https://app.example:80", "https://app.example/", "https://app.example ",
        "https://app.example:443:443", "file://", "capacitor://localhost:443", "nullx", "", "*"}) {
    EXPECT_FALSE(websocket_origin_allowed(listed(), from(origin))) << origin;
  }
}

TEST(Origin, ANativeClientHasNoneAndPasses) {
  EXPECT_TRUE(websocket_origin_allowed(listed(), get("/ws")));
}

TEST(Origin, NullPassesOnlyWhenItIsListed) {
  EXPECT_FALSE(websocket_origin_allowed(OriginList({"https://app.example"}), from("null")));
}

TEST(Origin, TwoLinesAreNoOrigin) {
  const auto twice = get("/ws", {{"Origin", "https://app.example"}, {"Origin", "https://app.example"}});
  EXPECT_FALSE(websocket_origin_allowed(listed(), twice));
}

TEST(Origin, IsNormalisedOnceInTheListToo) {
  const OriginList list({"HTTP://App.Example:80"});
  EXPECT_TRUE(list.holds("http://app.example"));
  EXPECT_EQ(normalised_origin("http://[::1]:80"), "http://[::1]");
  EXPECT_EQ(normalised_origin("http://app.example:8080"), "http://app.example:8080");
  EXPECT_EQ(normalised_origin("File://"), "file://");
}

TEST(Cors, IsSilentWithoutAList) {
  Response response;
  add_cors(OriginList(), from("https://app.example"), response);
  EXPECT_TRUE(response.headers.empty());
  EXPECT_TRUE(preflight_response(OriginList(), from("https://app.example")).headers.empty());
}

// The browser compares byte by byte with what it sent.
TEST(Cors, EchoesAListedOriginAsItWasSent) {
  Response response;
  add_cors(listed(), from("HTTPS://app.example:443"), response);
  EXPECT_EQ(header_of(response, "Access-Control-Allow-Origin"), "HTTPS://app.example:443");
  EXPECT_EQ(header_of(response, "Access-Control-Expose-Headers"), "Retry-After");
  EXPECT_EQ(header_of(response, "Vary"), "Origin");
}

// A cache must not give one page's reply to another page, so Vary is there even when nothing is allowed.
TEST(Cors, GivesOthersOnlyVary) {
  for (const auto& request : {from("https://evil.example"), from("file://"), get("/")}) {
    Response response;
    add_cors(listed(), request, response);
    EXPECT_EQ(header_of(response, "Access-Control-Allow-Origin"), "(none)");
    EXPECT_EQ(header_of(response, "Vary"), "Origin");
  }
}

TEST(Cors, NeverAllowsCredentials) {
  const auto response = preflight_response(listed(), from("https://app.example"));
  EXPECT_EQ(header_of(response, "Access-Control-Allow-Credentials"), "(none)");
}

TEST(Cors, AnswersAPreflight) {
  const auto response = preflight_response(listed(), from("capacitor://localhost"));
  EXPECT_EQ(response.status, 204u);
  EXPECT_EQ(header_of(response, "Access-Control-Allow-Origin"), "capacitor://localhost");
  EXPECT_EQ(header_of(response, "Access-Control-Allow-Headers"), "Authorization, Content-Type");
  EXPECT_EQ(header_of(response, "Access-Control-Allow-Methods"), "GET, POST, PUT, PATCH, DELETE");
  EXPECT_EQ(
      header_of(preflight_response(listed(), from("https://evil.example")), "Access-Control-Allow-Methods"),
      "(none)");
}

}  // namespace
}  // namespace zvonok::http
