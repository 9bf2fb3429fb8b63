#include "http/upgrade.hpp"

#include <gtest/gtest.h>

#include <string>

#include "http/test_requests.hpp"

namespace zvonok::http {
namespace {

using testing::get;
using testing::request;

constexpr const char* kKey = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455's

// A correct upgrade; a test changes what it is about.
struct Attempt {
  std::string method = "GET", target = "/ws?token=T";
  unsigned version = 11;
  std::vector<Header> headers{{"Host", "a"},
                              {"Upgrade", "websocket"},
                              {"Connection", "Upgrade"},
                              {"Sec-WebSocket-Key", kKey},
                              {"Sec-WebSocket-Version", "13"}};

  Attempt without(std::string_view name) const {
    Attempt changed = *this;
    std::erase_if(changed.headers, [&](const Header& h) { return equal_ignoring_case(h.name, name); });
    return changed;
  }
  Attempt with(std::string name, std::string value) const {
    Attempt changed = *this;
    changed.headers.push_back({std::move(name), std::move(value)});
    return changed;
  }
  Attempt instead(const std::string& name, std::string value) const {
    return without(name).with(name, std::move(value));
  }
  Attempt at(std::string other_target) const {
    Attempt changed = *this;
    changed.target = std::move(other_target);
    return changed;
  }
  Request made() const {
    Request made = request(method, target, headers);
    made.version = version;
    return made;
  }
  base::Result<Upgrade, Error> result(const UpgradePolicy& policy = {}) const {
    return check_upgrade(made(), policy);
  }
  // "accepted", or the code of the error.
  std::string outcome(const UpgradePolicy& policy = {}) const {
    const auto checked = result(policy);
    return checked ? "accepted" : std::string(info(checked.error()).code);
  }
  std::string token() const { return result().value().token; }
  std::string subprotocol() const { return result().value().subprotocol.value_or("(none)"); }
};

TEST(Upgrade, AcceptsWhatTheRfcShows) {
  const auto checked = Attempt().result();
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->key, kKey);
  EXPECT_EQ(checked->token, "T");
  EXPECT_EQ(checked->subprotocol, std::nullopt);
}

// Firefox names keep-alive first; servers that wanted exactly "Upgrade" have failed with it since 2011.
TEST(Upgrade, ReadsConnectionAsAList) {
  for (const auto* value : {"keep-alive, Upgrade", "keep-alive,upgrade", "Upgrade, close", "close, Upgrade",
                            " ,Upgrade,", "UPGRADE"}) {
    EXPECT_EQ(Attempt().instead("Connection", value).outcome(), "accepted") << value;
  }
  EXPECT_EQ(Attempt().instead("Connection", "keep-alive").with("Connection", "Upgrade").outcome(),
            "accepted");
}

TEST(Upgrade, ReadsUpgradeAsAListInAnyCase) {
  for (const auto* value : {"WebSocket", "WEBSOCKET", "h2c, websocket", "websocket, h2c"}) {
    EXPECT_EQ(Attempt().instead("Upgrade", value).outcome(), "accepted") << value;
  }
}

TEST(Upgrade, IsNoneWithoutBothHeaders) {
  for (const auto& attempt :
       {Attempt().instead("Connection", "not-upgrade"), Attempt().without("Connection"),
        Attempt().without("Upgrade"), Attempt().instead("Upgrade", "h2c"),
        Attempt().instead("Upgrade", "websocket/13"), Attempt().instead("Upgrade", "")}) {
    EXPECT_EQ(attempt.outcome(), "upgrade_required");
  }
}

TEST(Upgrade, TakesHeaderNamesInAnyCase) {
  Attempt lower, upper, go;
  for (auto& header : lower.headers) {
    for (auto& c : header.name) c = static_cast<char>(std::tolower(c));
  }
  for (auto& header : upper.headers) {
    for (auto& c : header.name) c = static_cast<char>(std::toupper(c));
  }
  for (auto& header : go.headers) {
    if (header.name.starts_with("Sec-WebSocket")) header.name.replace(0, 13, "Sec-Websocket");
  }
  EXPECT_EQ(lower.outcome(), "accepted");
  EXPECT_EQ(upper.outcome(), "accepted");
  EXPECT_EQ(go.outcome(), "accepted");
}

// Proxies that take a browser's WebSocket over HTTP/2 lose the key on the way.
TEST(Upgrade, SaysThatTheKeyIsMissing) {
  EXPECT_EQ(Attempt().without("Sec-WebSocket-Key").outcome(), "missing_key");
}

TEST(Upgrade, RefusesAKeyThatIsNot16BytesOfBase64) {
  for (const auto* key :
       {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25j=Q==", "dGhlIHNhbXBsZSBub25jZ_==", "dGhlIHNhbXBsZSBub25jZQ=A",
        "dGhlIHNhbXBsZSBub25jZGhlIHNh", "dGhlIHNhbXBsZSBub25 ZQ=="}) {
    EXPECT_EQ(Attempt().instead("Sec-WebSocket-Key", key).outcome(), "bad_key") << key;
  }
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Key", kKey).outcome(), "bad_key");
  EXPECT_EQ(Attempt().instead("Sec-WebSocket-Key", "++++++++++++++++/////w==").outcome(), "accepted");
}

TEST(Upgrade, SpeaksVersions13And8) {
  for (const auto* version : {"13", "8", "13, 8", "8, 13", " 13 "}) {
    EXPECT_EQ(Attempt().instead("Sec-WebSocket-Version", version).outcome(), "accepted") << version;
  }
  for (const auto* version : {"", "0", "7", "12", "14", "013", "13.0", "138", "+13", "255"}) {
    EXPECT_EQ(Attempt().instead("Sec-WebSocket-Version", version).outcome(), "unsupported_websocket_version")
        << version;
  }
  EXPECT_EQ(Attempt().without("Sec-WebSocket-Version").outcome(), "unsupported_websocket_version");
}

TEST(Upgrade, TakesABodyOfLengthZeroForNone) {
  EXPECT_EQ(Attempt().with("Content-Length", "0").outcome(), "accepted");  // Envoy adds it
  EXPECT_EQ(Attempt().with("Content-Length", "00").outcome(), "accepted");
}

// Its bytes would be read as frames by one and as a body by another.
TEST(Upgrade, RefusesABody) {
  EXPECT_EQ(Attempt().with("Content-Length", "1").outcome(), "upgrade_with_body");
  EXPECT_EQ(Attempt().with("Content-Length", "10").outcome(), "upgrade_with_body");
  EXPECT_EQ(Attempt().with("Transfer-Encoding", "chunked").outcome(), "upgrade_with_body");
}

TEST(Upgrade, IsForHttp11AndGetOnly) {
  Attempt old;
  old.version = 10;
  EXPECT_EQ(old.outcome(), "upgrade_required");
  for (const auto* method : {"POST", "HEAD", "OPTIONS", "CONNECT", "get"}) {
    Attempt other;
    other.method = method;
    EXPECT_EQ(other.outcome(), "method_not_allowed") << method;
  }
}

// A proxy rule with a slash too much turns /ws into one of these; the answer says so before the upgrade.
TEST(Upgrade, IsAtOnePathAlone) {
  for (const auto* target : {"//ws", "/ws/", "/ws;x=1", "/%77s", "/calls/ws", "/ws%3Ftoken=T", "/WS", "/",
                             "*", "/ws/../ws", "/ws#", "ws", "http://h//ws"}) {
    EXPECT_EQ(Attempt().at(target).outcome(), "wrong_websocket_path") << target;
    EXPECT_EQ(info(Attempt().at(target).result().error()).status, 404u);
  }
  for (const auto* target : {"/ws", "/ws?", "/ws?token=T", "http://h/ws?token=T", "ws://h/ws"}) {
    EXPECT_EQ(Attempt().at(target).outcome(), "accepted") << target;
  }
}

TEST(Upgrade, RefusesAnOriginThatIsNotListed) {
  const UpgradePolicy policy{OriginList({"https://app.example"})};
  EXPECT_EQ(Attempt().with("Origin", "https://evil.example").outcome(policy), "forbidden_origin");
  EXPECT_EQ(Attempt().with("Origin", "https://app.example").outcome(policy), "accepted");
  EXPECT_EQ(Attempt().outcome(policy), "accepted");
}

TEST(Upgrade, TakesTheTokenFromTheQueryFirst) {
  const auto all =
      Attempt().with("Sec-WebSocket-Protocol", "zvonok.v2, zvonok.jwt.P").with("Authorization", "Bearer B");
  EXPECT_EQ(all.at("/ws?token=Q").token(), "Q");
  EXPECT_EQ(all.at("/ws").token(), "P");
  EXPECT_EQ(all.at("/ws?token=").token(), "P");
  EXPECT_EQ(all.without("Sec-WebSocket-Protocol").at("/ws").token(), "B");
  EXPECT_EQ(Attempt().at("/ws").token(), "");
}

TEST(Upgrade, DecodesTheTokenOfTheQuery) {
  EXPECT_EQ(Attempt().at("/ws?token=a%2Eb.c").token(), "a.b.c");
  EXPECT_EQ(Attempt().at("/ws?token=a+b").token(), "a b");
  EXPECT_EQ(Attempt().at("/ws?device=d&token=A&token=B").token(), "A");
}

TEST(Upgrade, ReadsABearerTokenInAnyCaseOfItsScheme) {
  const auto bearer = [](std::string value) {
    return Attempt().at("/ws").with("authorization", std::move(value)).token();
  };
  EXPECT_EQ(bearer("Bearer T"), "T");
  EXPECT_EQ(bearer("bearer T"), "T");
  EXPECT_EQ(bearer("BEARER T"), "T");
  EXPECT_EQ(bearer("Basic T"), "");
  EXPECT_EQ(bearer("BearerT"), "");
  EXPECT_EQ(bearer("Bearer"), "");
  EXPECT_EQ(bearer("Bearer "), "");
}

TEST(Upgrade, EchoesTheFirstForeignSubprotocol) {
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", "chat, other").subprotocol(), "chat");
  EXPECT_EQ(
      Attempt().with("Sec-WebSocket-Protocol", "chat").with("Sec-WebSocket-Protocol", "x").subprotocol(),
      "chat");
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", " , chat").subprotocol(), "chat");
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", "zvonok.v9, chat").subprotocol(), "chat");
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", "zvonok.v9").subprotocol(), "(none)");
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", "").subprotocol(), "(none)");
  EXPECT_EQ(Attempt().subprotocol(), "(none)");
}

// The token itself must never be what is echoed.
TEST(Upgrade, RefusesATokenAmongSubprotocolsWithoutOneToSelect) {
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", "zvonok.jwt.T").outcome(), "token_without_protocol");
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", "chat, zvonok.jwt.T").outcome(),
            "token_without_protocol");
  EXPECT_EQ(Attempt().with("Sec-WebSocket-Protocol", "zvonok.jwt.T, zvonok.v2").outcome(), "accepted");
}

TEST(Upgrade, LooksAtNoExtension) {
  for (const auto* value : {"permessage-deflate; client_max_window_bits, x-webkit-deflate-frame", "",
                            "foo;bar=\"a,b\"", "x-webkit-deflate-frame"}) {
    EXPECT_EQ(Attempt().with("Sec-WebSocket-Extensions", value).outcome(), "accepted") << value;
  }
}

TEST(WantsUpgrade, AsksForWebSocketAndNothingElse) {
  EXPECT_TRUE(wants_upgrade(get("/anything", {{"Upgrade", "h2c, WebSocket"}})));
  EXPECT_FALSE(wants_upgrade(get("/ws", {{"Upgrade", "h2c"}, {"Connection", "Upgrade"}})));
  EXPECT_FALSE(wants_upgrade(get("/ws")));
}

}  // namespace
}  // namespace zvonok::http
