#include "http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "http/dev_login.hpp"
#include "http/system_routes.hpp"
#include "http/test_requests.hpp"
#include "ports/fake_token_signer.hpp"
#include "ports/fake_token_verifier.hpp"

namespace zvonok::http {
namespace {

using testing::get;
using ::testing::HasSubstr;
using testing::header_of;
using testing::request;

class RouterTest : public ::testing::Test {
 protected:
  enum class Mode { kServe, kDev };

  Response answer(const Request& request, Mode mode = Mode::kServe,
                  const std::vector<std::string>& cors_origins = {}) const {
    auto routes = system_routes([this] { return ready; });
    routes.push_back({.method = "GET",
                      .path = "/api/users/{id}",
                      .handle =
                          [](const Call& call, const Reply& reply) {
                            reply(
                                {.status = 200, .body = call.identity.user + " asks for " + call.parameter});
                          },
                      .access = Route::Access::kBearer});
    routes.push_back(
        {.method = "PATCH",
         .path = "/api/me",
         .handle = [](const Call&, const Reply& reply) { reply({.status = 200, .body = "changed"}); },
         .request_schema = "ProfileChange"});
    routes.push_back({.method = "GET", .path = "/api/me", .handle = [](const Call&, const Reply& reply) {
                        reply({.status = 200, .body = "me"});
                      }});
    const auto now = [] { return base::WallTime(base::seconds(1)); };
    const DevLogin dev_login(DevLoginSettings{}, signer);
    if (mode == Mode::kDev) routes.push_back(dev_login.route(now));
    const Authenticator authenticator(
        {.verifier = verifier, .wall_now = now, .note_refused_token = [](auto&&...) { return true; }});
    const Router router({OriginList(cors_origins), serves_page}, authenticator, std::move(routes));
    std::optional<Response> answered;
    router.answer(request, [&](Response response) {
      EXPECT_FALSE(answered) << "answered twice";
      answered = std::move(response);
    });
    EXPECT_TRUE(answered) << "not answered";
    return answered.value_or(Response{});
  }
  static std::string code(const Response& response) { return nlohmann::json::parse(response.body)["code"]; }

  ports::FakeTokenSigner signer;
  mutable ports::FakeTokenVerifier verifier;
  bool serves_page = true;
  bool ready = true;
};

TEST_F(RouterTest, SaysThatItLives) {
  const auto response = answer(get("/healthz"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.body, R"({"status":"ok"})");
}

TEST_F(RouterTest, SaysThatItIsReadyUntilItStops) {
  EXPECT_EQ(answer(get("/readyz")).body, R"({"status":"ready"})");
  ready = false;
  const auto response = answer(get("/readyz"));
  EXPECT_EQ(response.status, 503u);
  EXPECT_EQ(code(response), "draining");
  EXPECT_EQ(answer(get("/healthz")).status, 200u) << "it still lives";
}

TEST_F(RouterTest, ServesThePage) {
  EXPECT_EQ(answer(get("/")).content_type, "text/html; charset=utf-8");
}

TEST_F(RouterTest, AnswersHeadAsGet) {
  for (const auto* path : {"/", "/healthz", "/readyz"}) {
    EXPECT_EQ(answer(request("HEAD", path)).status, 200u) << path;
    EXPECT_EQ(answer(request("HEAD", path)).body, answer(get(path)).body) << path;  // cut off when it is sent
  }
}

TEST_F(RouterTest, AnswersTheRestInJson) {
  for (const auto* path : {"/nothing", "/api", "/metrics", "/healthz/", "//healthz", "/HEALTHZ", "*", ""}) {
    const auto response = answer(get(path));
    EXPECT_EQ(response.status, 404u) << path;
    EXPECT_EQ(code(response), "not_found");
  }
}

TEST_F(RouterTest, SaysThatAWebSocketIsNoPage) {
  const auto response = answer(get("/ws?token=T"));
  EXPECT_EQ(response.status, 426u);
  EXPECT_EQ(header_of(response, "Upgrade"), "websocket");
  EXPECT_THAT(response.body, HasSubstr("proxy"));
}

TEST_F(RouterTest, SaysWhichMethodsThereAre) {
  for (const auto* path : {"/", "/healthz", "/readyz", "/ws"}) {
    for (const auto* method : {"POST", "PUT", "DELETE", "get", "BREW", "CONNECT", ", ", "GET, HEAD", ""}) {
      const auto response = answer(request(method, path));
      EXPECT_EQ(response.status, 405u) << method << ' ' << path;
      EXPECT_EQ(header_of(response, "Allow"),
                "GET, HEAD, OPTIONS");  // RFC 9110 section 15.5.6: it must be there
    }
  }
}

// Load balancers probe so.
TEST_F(RouterTest, AnswersOptions) {
  const auto response = answer(request("OPTIONS", "/"));
  EXPECT_EQ(response.status, 204u);
  EXPECT_EQ(header_of(response, "Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(answer(request("OPTIONS", "/nothing")).status, 404u);
}

TEST_F(RouterTest, HasNoDevLoginUnlessItIsGivenOne) {
  for (const auto* method : {"GET", "POST", "OPTIONS"}) {
    EXPECT_EQ(answer(request(method, "/api/dev/login", {{"Host", "localhost"}})).status, 404u) << method;
  }
}

TEST_F(RouterTest, LogsInWithDev) {
  auto login = request("POST", "/api/dev/login", {{"Host", "localhost"}});
  login.body = R"({"name":"anna"})";
  EXPECT_EQ(answer(login, Mode::kDev).status, 200u);
  const auto response = answer(get("/api/dev/login", {{"Host", "localhost"}}), Mode::kDev);
  EXPECT_EQ(response.status, 405u);
  EXPECT_EQ(header_of(response, "Allow"), "POST, OPTIONS");
}

TEST_F(RouterTest, TellsMethodsOfOnePathApart) {
  EXPECT_EQ(answer(get("/api/me")).body, "me");
  EXPECT_EQ(answer(request("PATCH", "/api/me")).body, "changed");
  const auto response = answer(request("HEAD", "/api/me"));
  EXPECT_EQ(response.status, 405u);
  EXPECT_EQ(header_of(response, "Allow"), "PATCH, GET, OPTIONS");
}

TEST_F(RouterTest, TakesBodiesOfJsonAlone) {
  const auto patch = [this](std::vector<Header> headers) {
    return answer(request("PATCH", "/api/me", std::move(headers)));
  };
  for (const auto* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x=y"})
    EXPECT_EQ(patch({{"Content-Type", type}}).body, "changed") << type;
  EXPECT_EQ(patch({}).body, "changed") << "who says nothing may mean it";
  EXPECT_EQ(patch({{"Origin", "http://localhost"}}).status, 415u) << "but no page";
  for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "", "application/jsonp",
                           "application/problem+json", "application/json, text/plain"}) {
    const auto response = patch({{"Content-Type", type}});
    EXPECT_EQ(response.status, 415u) << type;
    EXPECT_EQ(code(response), "unsupported_media_type") << type;
  }
  EXPECT_EQ(answer(get("/api/me", {{"Content-Type", "text/plain"}})).body, "me") << "there is no body";
}

TEST_F(RouterTest, TakesASegmentAsAParameter) {
  const Header token{"Authorization", "Bearer " + verifier.issue("anna")};
  EXPECT_EQ(answer(get("/api/users/b+o%20b%2F", {token})).body, "anna asks for b+o b/");
  for (const auto* path : {"/api/users/", "/api/users", "/api/users/a/b", "/api/usersa"})
    EXPECT_EQ(answer(get(path, {token})).status, 404u) << path;
}

TEST_F(RouterTest, AsksForATokenWhereOneIsNeeded) {
  EXPECT_EQ(code(answer(get("/api/users/bob"))), "unauthorized");
  EXPECT_EQ(answer(request("OPTIONS", "/api/users/bob")).status, 204u) << "what is possible is no secret";
  const auto listed = answer(get("/api/users/bob", {{"Origin", "https://app.example"}}), Mode::kServe,
                             {"https://app.example"});
  EXPECT_EQ(header_of(listed, "Access-Control-Allow-Origin"), "https://app.example");
}

TEST_F(RouterTest, SaysWhatItIsWithoutThePage) {
  serves_page = false;
  const auto response = answer(get("/"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("zvonok"));
  EXPECT_EQ(answer(get("/assets/favicon.svg")).status, 404u);
  EXPECT_EQ(answer(request("POST", "/")).status, 405u);
}

TEST_F(RouterTest, AnswersAListedPage) {
  const std::vector<std::string> listed{"https://app.example"};
  const auto allowed = answer(get("/healthz", {{"Origin", "https://app.example"}}), Mode::kServe, listed);
  EXPECT_EQ(header_of(allowed, "Access-Control-Allow-Origin"), "https://app.example");
  const auto other = answer(get("/healthz", {{"Origin", "https://evil.example"}}), Mode::kServe, listed);
  EXPECT_EQ(header_of(other, "Access-Control-Allow-Origin"), "(none)");
  EXPECT_EQ(header_of(other, "Vary"), "Origin");
  EXPECT_EQ(header_of(answer(get("/nothing", {{"Origin", "https://app.example"}}), Mode::kServe, listed),
                      "Access-Control-Allow-Origin"),
            "https://app.example")
      << "an error that the page cannot read is a riddle";
}

TEST_F(RouterTest, AnswersAPreflight) {
  const auto preflight = request("OPTIONS", "/healthz",
                                 {{"Origin", "https://app.example"},
                                  {"Access-Control-Request-Method", "GET"},
                                  {"Access-Control-Request-Headers", "authorization"}});
  const auto response = answer(preflight, Mode::kServe, {"https://app.example"});
  EXPECT_EQ(response.status, 204u);
  EXPECT_EQ(header_of(response, "Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(header_of(answer(preflight), "Access-Control-Allow-Origin"), "(none)") << "off without a list";
}

// Else any listed page could log in as anybody.
TEST_F(RouterTest, NeverOpensTheDevLoginToOtherPages) {
  const std::vector<std::string> listed{"http://localhost:5173"};
  const auto preflight = request("OPTIONS", "/api/dev/login",
                                 {{"Host", "localhost:3001"},
                                  {"Origin", "http://localhost:5173"},
                                  {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(header_of(answer(preflight, Mode::kDev, listed), "Access-Control-Allow-Origin"), "(none)");
  auto login = request("POST", "/api/dev/login",
                       {{"Host", "localhost:3001"},
                        {"Origin", "http://localhost:5173"},
                        {"Content-Type", "application/json"}});
  login.body = R"({"name":"anna"})";
  const auto response = answer(login, Mode::kDev, listed);
  EXPECT_EQ(response.status, 403u);
  EXPECT_EQ(header_of(response, "Access-Control-Allow-Origin"), "(none)");
}

}  // namespace
}  // namespace zvonok::http
