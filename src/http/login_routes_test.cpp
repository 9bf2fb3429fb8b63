#include "http/login_routes.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/test_requests.hpp"
#include "ports/fake_account_store.hpp"
#include "ports/fake_code_sender.hpp"
#include "ports/fake_log.hpp"
#include "ports/fake_login_secrets.hpp"
#include "ports/fake_metrics.hpp"
#include "ports/fake_token_signer.hpp"

namespace zvonok::http {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::header_of;
using testing::request;

class LoginRoutesTest : public ::testing::Test {
 protected:
  /// What is answered by the end of the time that answers take at most.
  Response ask(const std::string& path, const std::string& body, const ports::Identity& identity = {},
               std::vector<Header> headers = {}) {
    auto made = request("POST", path, std::move(headers));
    made.body = body;
    std::optional<Response> answered;
    for (const auto& route : routes.routes()) {
      if (route.path != path) continue;
      route.handle({made, identity, {}}, [&answered](Response response) {
        EXPECT_FALSE(answered) << "answered twice";
        answered = std::move(response);
      });
    }
    for (const auto& [wait, call] : std::exchange(later, {})) {
      mono += wait;
      call();
    }
    EXPECT_TRUE(answered) << path;
    return answered.value_or(Response{});
  }
  static std::string code_of(const Response& response) {
    return json::parse(response.body).value("code", "(none)");
  }

  /// Asks for a code by this body and returns the one that was sent.
  std::string code_for(const std::string& body, const std::string& address) {
    EXPECT_EQ(ask("/api/auth/code", body).status, 202u);
    return sender.code_of(address);
  }
  json log_in(const std::string& email) {
    const auto code = code_for(R"({"email":")" + email + R"("})", email);
    const auto response = ask("/api/auth/verify", R"({"email":")" + email + R"(","code":")" + code + R"("})");
    EXPECT_EQ(response.status, 200u) << response.body;
    return json::parse(response.body);
  }

  base::WallTime wall{base::hours(24 * 365 * 50)};
  base::MonoTime mono{base::hours(1)};
  std::vector<std::pair<base::Duration, std::function<void()>>> later;
  bool may_see = false;
  std::vector<std::string> closed;

  ports::FakeAccountStore store;
  ports::FakeLoginSecrets secrets;
  ports::FakeTokenSigner signer;
  ports::FakeCodeSender sender;
  ports::FakeLog log;
  ports::FakeMetrics metrics;
  accounts::RevokedSessions revoked;
  accounts::Login login{{.registration = {accounts::Registration::kOpen, {}}},
                        {.store = store,
                         .secrets = secrets,
                         .signer = signer,
                         .sender = sender,
                         .log = log,
                         .metrics = metrics,
                         .revoked = revoked,
                         .wall_now = [this] { return wall; },
                         .mono_now = [this] { return mono; },
                         .close_sockets = [this](const std::string& session) { closed.push_back(session); }}};
  LoginRoutesSettings settings{.default_country = "RU"};
  LoginRoutesPorts route_ports{
      .login = login,
      .wall_now = [this] { return wall; },
      .mono_now = [this] { return mono; },
      .after = [this](base::Duration wait,
                      std::function<void()> call) { later.emplace_back(wait, std::move(call)); },
      .limited_client = [](const Request&) { return std::nullopt; },
      .may_see_code = [this](const Request&, std::string_view key) { return may_see || key == "the key"; }};
  LoginRoutes routes{settings, route_ports};
};

TEST_F(LoginRoutesTest, TakesNoBodyThatIsNotAsItShouldBe) {
  for (const auto* body :
       {"", "[]", "{}", R"({"phone":79990000001})", R"({"phone":"+79990000001","email":"a@b.c"})",
        R"({"email":null})", R"({"email":"a@b.example","invite":5})"}) {
    const auto response = ask("/api/auth/code", body);
    EXPECT_EQ(response.status, 400u) << body;
    EXPECT_EQ(code_of(response), "not_json") << body;
  }
  EXPECT_EQ(code_of(ask("/api/auth/code", R"({"phone":"1"})")), "bad_phone");
  EXPECT_EQ(code_of(ask("/api/auth/code", R"({"email":"a@b"})")), "bad_email");
  EXPECT_TRUE(sender.messages.empty());
}

TEST_F(LoginRoutesTest, SaysWhatIsWrongWithANumber) {
  LoginRoutesSettings nowhere = settings;
  nowhere.default_country.clear();
  EXPECT_THAT(ask("/api/auth/code", R"({"phone":"abc"})").body, HasSubstr("not a phone number"));
  EXPECT_EQ(ask("/api/auth/code", R"({"phone":"8 999 000 00 01"})").status, 202u);
}

TEST_F(LoginRoutesTest, AnswersEveryAddressAfterTheSameTime) {
  const auto before = mono;
  const auto sent = ask("/api/auth/code", R"({"email":"a@b.example"})");
  EXPECT_EQ(mono - before, LoginRoutes::kCodeAnswerAfter);
  const auto limited = ask("/api/auth/code", R"({"email":"a@b.example"})");
  EXPECT_EQ(mono - before, 2 * LoginRoutes::kCodeAnswerAfter);
  EXPECT_EQ(sent.body, R"({"retryAfterS":30})");
  EXPECT_EQ(limited.body, sent.body);
  EXPECT_EQ(limited.status, sent.status);
  EXPECT_EQ(sender.messages.size(), 1u);
}

TEST_F(LoginRoutesTest, ShowsTheCodeOnlyToWhoMaySeeIt) {
  const auto shown = [this](const std::string& body) {
    return json::parse(ask("/api/auth/code", body).body).value("devCode", "none");
  };
  EXPECT_EQ(shown(R"({"email":"a@b.example"})"), "none");
  const auto by_key = shown(R"({"email":"b@b.example","key":"the key"})");
  EXPECT_EQ(by_key, sender.code_of("b@b.example"));
  may_see = true;
  const auto here = shown(R"({"email":"c@b.example"})");
  EXPECT_EQ(here, sender.code_of("c@b.example"));
  EXPECT_EQ(shown(R"({"email":"c@b.example"})"), "none") << "none was sent so soon";
}

TEST_F(LoginRoutesTest, WritesInTheLanguageOfWhoAsks) {
  ask("/api/auth/code", R"({"email":"a@b.example"})", {}, {{"Accept-Language", "ru-RU,ru;q=0.9,en;q=0.8"}});
  ask("/api/auth/code", R"({"email":"b@b.example"})");
  ASSERT_EQ(sender.messages.size(), 2u);
  EXPECT_EQ(sender.messages[0].language, ports::Language::kRussian);
  EXPECT_EQ(sender.messages[1].language, ports::Language::kEnglish);
}

TEST_F(LoginRoutesTest, SendsNothingWhereThereIsNoWay) {
  LoginRoutes mail_only({.default_country = "", .to_phones = false}, route_ports);
  auto made = request("POST", "/api/auth/code");
  made.body = R"({"phone":"+79990000001"})";
  std::optional<Response> answered;
  mail_only.routes().front().handle({made, ports::Identity{}, {}},
                                    [&](Response r) { answered = std::move(r); });
  ASSERT_TRUE(answered);
  EXPECT_EQ(code_of(*answered), "no_delivery");
}

TEST_F(LoginRoutesTest, LogsInByTheCodeThatWasSent) {
  const auto in = log_in("anna@b.example");
  EXPECT_THAT(in["token"].get<std::string>(), HasSubstr("for:" + in["user"]["id"].get<std::string>()));
  EXPECT_EQ(in["user"]["email"], "anna@b.example");
  EXPECT_EQ(in["expiresAt"], (wall + base::hours(1)).time_since_epoch().count());
  EXPECT_TRUE(in.contains("refreshToken"));
}

TEST_F(LoginRoutesTest, JudgesAVerificationBeforeItCostsATry) {
  const auto code = code_for(R"({"email":"a@b.example"})", "a@b.example");
  const auto with = [&](const std::string& members) {
    return code_of(ask("/api/auth/verify", R"({"email":"a@b.example",)" + members + "}"));
  };
  EXPECT_EQ(with(R"("code":)" + std::to_string(std::stoi(code))), "not_json")
      << "a number has lost its zeros";
  EXPECT_EQ(with(R"("code":"12345")"), "bad_code");
  EXPECT_EQ(with(R"("name":"x")"), "bad_code");
  EXPECT_EQ(with(R"("code":"000000","name":")" + std::string(81, 'x') + "\""), "bad_name");
  EXPECT_EQ(with(R"("code":"000000","device":"a b")"), "bad_device");
  const auto state = store.rows.login_state("a@b.example");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->code_tries, 0);
  EXPECT_EQ(with(R"("code":"999999")"), "invalid_code");
}

TEST_F(LoginRoutesTest, SaysWhenACodeMayBeTriedAgain) {
  for (int codes = 0; codes < 4; ++codes) {
    code_for(R"({"email":"a@b.example"})", "a@b.example");
    for (int tries = 0; tries < 5; ++tries)
      EXPECT_EQ(code_of(ask("/api/auth/verify", R"({"email":"a@b.example","code":"999999"})")),
                "invalid_code");
    wall += base::seconds(31);
  }
  const auto response = ask("/api/auth/verify", R"({"email":"a@b.example","code":"999999"})");
  EXPECT_EQ(response.status, 429u);
  EXPECT_EQ(code_of(response), "too_many_tries");
  const auto seconds = std::stoi(header_of(response, "Retry-After"));
  EXPECT_GT(seconds, 3'600 - 4 * 31 - 2);
  EXPECT_LE(seconds, 3'600);
}

TEST_F(LoginRoutesTest, RefreshesAndEndsASessionWhoseTokenComesTwice) {
  const auto first = log_in("a@b.example")["refreshToken"].get<std::string>();
  const auto refresh = [&](const std::string& token) {
    return ask("/api/auth/refresh", R"({"refreshToken":")" + token + R"(","device":"d"})");
  };
  const auto second = json::parse(refresh(first).body);
  EXPECT_EQ(json::parse(refresh(first).body), second) << "a tab that is a moment late gets the same";
  wall += base::seconds(31);
  EXPECT_EQ(code_of(refresh(first)), "invalid_refresh_token");
  EXPECT_EQ(closed.size(), 1u);
  EXPECT_EQ(code_of(refresh(second["refreshToken"])), "invalid_refresh_token");
  EXPECT_EQ(code_of(refresh("a.1.forged")), "invalid_refresh_token");
  EXPECT_EQ(code_of(ask("/api/auth/refresh", "{}")), "not_json");
  EXPECT_EQ(code_of(ask("/api/auth/refresh", R"({"refreshToken":"x","device":" "})")), "bad_device");
}

TEST_F(LoginRoutesTest, LogsOutTheSessionOfTheToken) {
  log_in("a@b.example");
  const auto sessions =
      store.rows.sessions_of(store.rows.user_by(ports::AddressKind::kEmail, "a@b.example")->id);
  ASSERT_EQ(sessions.size(), 1u);
  ports::Identity identity;
  identity.session = sessions.front().id;
  EXPECT_EQ(ask("/api/auth/logout", "", identity).status, 204u);
  EXPECT_TRUE(revoked.holds(identity.session));
  EXPECT_THAT(closed, ::testing::ElementsAre(identity.session));
  EXPECT_EQ(ask("/api/auth/logout", "", ports::Identity{}).status, 204u)
      << "a token of somebody else's login";
}

TEST_F(LoginRoutesTest, SaysWhatAnInvitationIsWorth) {
  EXPECT_EQ(code_of(ask("/api/auth/invite", R"({"invite":"nonsense"})")), "invite_unknown");
  EXPECT_EQ(code_of(ask("/api/auth/invite", R"({"invite":""})")), "invite_unknown");
  EXPECT_EQ(code_of(ask("/api/auth/invite", R"({})")), "not_json");
  ports::Invite invite{.token_hash = secrets.invite_hash("T"),
                       .expires_at = wall + base::hours(1),
                       .used_at = {},
                       .used_by = {}};
  store.rows.put_invite(invite);
  const auto good = ask("/api/auth/invite", R"({"invite":"T"})");
  EXPECT_EQ(good.status, 200u);
  EXPECT_EQ(json::parse(good.body)["expiresAt"], invite.expires_at.time_since_epoch().count());
  EXPECT_EQ(store.rows.invite(invite.token_hash), invite) << "looking uses nothing up";
  wall += base::hours(2);
  EXPECT_EQ(code_of(ask("/api/auth/invite", R"({"invite":"T"})")), "invite_expired");
  invite.used_at = wall;
  store.rows.put_invite(invite);
  EXPECT_EQ(code_of(ask("/api/auth/invite", R"({"invite":"T"})")), "invite_used");
}

TEST_F(LoginRoutesTest, AnswersThatTheStoreIsSick) {
  const auto in = log_in("a@b.example");
  ports::Identity identity;
  identity.session = "s";
  store.fall_sick();
  for (const auto& [path, body] : std::vector<std::pair<std::string, std::string>>{
           {"/api/auth/code", R"({"email":"b@b.example"})"},
           {"/api/auth/verify", R"({"email":"b@b.example","code":"123456"})"},
           {"/api/auth/refresh", json{{"refreshToken", in["refreshToken"]}}.dump()},
           {"/api/auth/invite", R"({"invite":"T"})"},
           {"/api/auth/logout", ""}}) {
    const auto response = ask(path, body, identity);
    EXPECT_EQ(response.status, 503u) << path;
    EXPECT_EQ(code_of(response), "unavailable") << path;
    EXPECT_NE(header_of(response, "Retry-After"), "(none)");
  }
  EXPECT_FALSE(revoked.holds("s")) << "it would be forgotten at the next start";
}

}  // namespace
}  // namespace zvonok::http
