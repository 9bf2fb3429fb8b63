// Goal: nobody but who sits at this machine, or holds the key of --lan, is given a token.
// Method: one login that is right, and then every single thing that may be wrong with it.
#include "http/dev_login.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "http/test_requests.hpp"
#include "ports/fake_token_signer.hpp"

namespace zvonok::http {
namespace {

using ::testing::HasSubstr;
using testing::header_of;
using ::testing::Not;

constexpr base::WallTime kNow{base::seconds(1'000'000)};
constexpr const char* kLanKey = "0123456789abcdefghijkl";

Request login(std::string body = R"({"name":"anna"})") {
  Request request = testing::request("POST", "/api/dev/login", {{"Host", "localhost:3001"}});
  request.body = std::move(body);
  return request;
}

// From a phone in the same network, over TLS.
Request lan_login(std::string key = kLanKey) {
  Request request = login(R"({"name":"anna","key":")" + std::move(key) + "\"}");
  request.headers = {{"Host", "192.168.1.5:3001"}, {"Origin", "https://192.168.1.5:3001"}};
  request.peer = *base::IpAddress::parse("192.168.1.20");
  request.tls = true;
  return request;
}

class DevLoginTest : public ::testing::Test {
 protected:
  Response answer(const Request& request) const { return here.answer(request, kNow); }
  Response lan_answer(const Request& request) const { return lan.answer(request, kNow); }

  // The right login, changed in one point.
  unsigned changed(const std::function<void(Request&)>& change) const {
    Request request = login();
    change(request);
    return answer(request).status;
  }
  unsigned lan_changed(const std::function<void(Request&)>& change) const {
    Request request = lan_login();
    change(request);
    return lan_answer(request).status;
  }

  ports::FakeTokenSigner signer;
  DevLogin here{{}, signer};
  DevLogin lan{
      {.lan_key = base::Redacted(std::string(kLanKey)),
       .own_addresses = {*base::IpAddress::parse("192.168.1.5"), *base::IpAddress::parse("2001:db8::5")}},
      signer};
};

TEST_F(DevLoginTest, GivesATokenForTheName) {
  const auto response = answer(login());
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(nlohmann::json::parse(response.body),
            nlohmann::json({{"token", "for:anna until:" + std::to_string(1'000'000 + 7 * 24 * 3600)}}));
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
}

TEST_F(DevLoginTest, TakesEveryNameOfThisMachine) {
  for (const auto* host : {"localhost", "localhost:3001", "LOCALHOST:3001", "127.0.0.1", "127.0.0.1:3001",
                           "[::1]", "[::1]:3001"}) {
    EXPECT_EQ(changed([&](Request& r) { r.headers = {{"Host", host}}; }), 200u) << host;
  }
}

// DNS rebinding: the page's own name leads to 127.0.0.1, but Host still says it.
TEST_F(DevLoginTest, RefusesEveryOtherHost) {
  for (const auto* host : {"evil.example", "evil.example:3001", "localhost.evil.example", "localhost.",
                           "127.0.0.1.evil.example", "127.0.0.2", "127.1", "::1", "[::2]", "0.0.0.0", "",
                           "localhost:3001:evil", "evil.example:localhost", "localhost@evil.example"}) {
    EXPECT_EQ(changed([&](Request& r) { r.headers = {{"Host", host}}; }), 403u) << host;
  }
  EXPECT_EQ(changed([](Request& r) { r.headers.clear(); }), 403u);
}

TEST_F(DevLoginTest, TakesAnyLoopbackPeerAndNoOther) {
  for (const auto* peer : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(changed([&](Request& r) { r.peer = *base::IpAddress::parse(peer); }), 200u) << peer;
  }
  for (const auto* peer : {"192.168.1.20", "203.0.113.7", "::2", "10.0.0.1"}) {
    EXPECT_EQ(changed([&](Request& r) { r.peer = *base::IpAddress::parse(peer); }), 403u) << peer;
  }
}

// A proxy on this machine is a loopback peer, whoever stands behind it.
TEST_F(DevLoginTest, RefusesWhatCameThroughAProxy) {
  for (const auto* name : {"Forwarded", "forwarded", "X-Forwarded-For", "x-forwarded-proto",
                           "X-FORWARDED-HOST", "X-Forwarded-", "Via", "via"}) {
    EXPECT_EQ(changed([&](Request& r) { r.headers.push_back({name, "127.0.0.1"}); }), 403u) << name;
    EXPECT_EQ(changed([&](Request& r) { r.headers.push_back({name, ""}); }), 403u) << name;
  }
}

TEST_F(DevLoginTest, RefusesWhatLooksLikeAProxyThatSaysNothing) {
  EXPECT_EQ(changed([](Request& r) { r.version = 10; }), 403u) << "nginx as it comes";
  for (const auto* name : {"X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "CDN-Loop"})
    EXPECT_EQ(changed([&](Request& r) { r.headers.push_back({name, "203.0.113.7"}); }), 403u) << name;
}

TEST_F(DevLoginTest, BelievesTheBrowserThatThePageIsAnother) {
  for (const auto* site : {"cross-site", "same-site", "?"})
    EXPECT_EQ(changed([&](Request& r) { r.headers.push_back({"Sec-Fetch-Site", site}); }), 403u) << site;
  for (const auto* site : {"same-origin", "none"})
    EXPECT_EQ(changed([&](Request& r) { r.headers.push_back({"Sec-Fetch-Site", site}); }), 200u) << site;
}

TEST_F(DevLoginTest, TakesThePageThatWeServed) {
  for (const auto* origin : {"http://localhost:3001", "HTTP://localhost:3001"}) {
    EXPECT_EQ(changed([&](Request& r) { r.headers.push_back({"Origin", origin}); }), 200u) << origin;
  }
}

TEST_F(DevLoginTest, RefusesEveryOtherPage) {
  for (const auto* origin : {"https://localhost:3001", "http://localhost", "http://localhost:5173",
                             "http://127.0.0.1:3001", "http://evil.example", "null", "", "file://",
                             "http://localhost:3001/", "http://localhost:3001.evil.example"}) {
    EXPECT_EQ(changed([&](Request& r) { r.headers.push_back({"Origin", origin}); }), 403u) << origin;
  }
  EXPECT_EQ(changed([](Request& r) {
              r.headers.push_back({"Origin", "http://localhost:3001"});
              r.headers.push_back({"Origin", "http://localhost:3001"});
            }),
            403u);
}

TEST_F(DevLoginTest, HasNoKeyWithoutLan) {
  Request request = lan_login("");
  EXPECT_EQ(answer(request).status, 403u);
  EXPECT_EQ(answer(lan_login()).status, 403u);
}

TEST_F(DevLoginTest, LetsAPhoneInWithTheKey) {
  EXPECT_EQ(lan_answer(lan_login()).status, 200u);
  EXPECT_EQ(lan_changed([](Request& r) {
              r.headers = {{"Host", "[2001:db8::5]:3001"}, {"Origin", "https://[2001:db8::5]:3001"}};
            }),
            200u);
}

TEST_F(DevLoginTest, LetsNobodyInWithAnotherKey) {
  const std::string key = kLanKey;
  for (const auto& other : {std::string(), key.substr(1), key + "x", std::string(key.size(), 'x'),
                            key.substr(0, key.size() - 1) + "L", std::string("0123456789ABCDEFGHIJKL")}) {
    EXPECT_EQ(lan_answer(lan_login(other)).status, 403u) << other;
  }
  EXPECT_EQ(lan_changed([](Request& r) { r.body = R"({"name":"anna"})"; }), 403u);
  EXPECT_EQ(lan_changed([](Request& r) { r.body = R"({"name":"anna","key":1})"; }), 403u);
}

TEST_F(DevLoginTest, WantsTlsAndAnAddressOfThisMachineForTheKey) {
  EXPECT_EQ(lan_changed([](Request& r) {
              r.tls = false;
              r.headers[1].value = "http://192.168.1.5:3001";
            }),
            403u);
  for (const auto* host : {"192.168.1.6:3001", "evil.example", "localhost:3001", "127.0.0.1:3001", ""}) {
    EXPECT_EQ(lan_changed([&](Request& r) { r.headers = {{"Host", host}}; }), 403u) << host;
  }
  EXPECT_EQ(lan_changed([](Request& r) { r.headers.push_back({"Via", "1.1 proxy"}); }), 403u);
  EXPECT_EQ(lan_changed([](Request& r) { r.headers[1].value = "https://evil.example"; }), 403u);
}

// Everything else of --dev stays as it is: at the machine itself no key is needed.
TEST_F(DevLoginTest, NeedsNoKeyAtTheMachineItselfWithLan) {
  Request request = login();
  request.tls = true;
  EXPECT_EQ(lan_answer(request).status, 200u);
}

TEST_F(DevLoginTest, SaysWhatIsWrongWithTheBody) {
  for (const auto* body :
       {"", "{", "[]", "null", "\"anna\"", "{}", R"({"name":1})", R"({"name":null})", R"({"Name":"anna"})",
        "{\"name\":\"\xff\"}", R"({"name":""})", R"({"name":"a\u0000b"})"}) {
    EXPECT_EQ(changed([&](Request& r) { r.body = body; }), 400u) << body;
  }
  EXPECT_EQ(changed([](Request& r) { r.body = R"({"name":")" + std::string(513, 'a') + "\"}"; }), 400u);
}

TEST_F(DevLoginTest, TellsThemNothingWhoMayNotLogIn) {
  EXPECT_EQ(changed([](Request& r) {
              r.body = "{";
              r.headers = {{"Host", "evil.example"}};
            }),
            403u);
  const auto refused = lan_answer(lan_login("wrong"));
  EXPECT_THAT(refused.body, Not(HasSubstr("key")));
}

// Who may not log in is still somebody whose JSON we read.
TEST_F(DevLoginTest, SurvivesABodyNestedAsDeepAsItIsLong) {
  constexpr std::size_t kBody = 65'536;
  EXPECT_EQ(changed([](Request& r) { r.body = std::string(kBody, '['); }), 400u);
  EXPECT_EQ(changed([](Request& r) {
              r.body =
                  R"({"name":"anna","x":)" + std::string(kBody / 2, '[') + std::string(kBody / 2, ']') + "}";
            }),
            200u);
}

TEST_F(DevLoginTest, KeepsANameAsItIs) {
  const auto response = answer(login(R"({"name":"Аня \"<b>\" 漢字 😀"})"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_THAT(nlohmann::json::parse(response.body)["token"].get<std::string>(),
              HasSubstr("for:Аня \"<b>\" 漢字 😀 until"));
}

}  // namespace
}  // namespace zvonok::http
