#include "http/user_routes.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "accounts/text.hpp"
#include "http/test_requests.hpp"
#include "ports/fake_account_store.hpp"

namespace zvonok::http {
namespace {

using nlohmann::json;
using testing::request;

class UserRoutesTest : public ::testing::Test {
 protected:
  UserRoutesTest() {
    put("anna", "Анна Ёлкина", "+79990000001", "anna@b.example");
    put("boris", "Boris", "", "");
  }
  void put(const std::string& id, const std::string& name, const std::string& phone,
           const std::string& email) {
    store.rows.put_user({.id = id,
                         .name = name,
                         .name_key = accounts::search_key(name),
                         .avatar = {},
                         .phone = phone,
                         .email = email,
                         .created_at = wall});
  }
  Response ask(const std::string& method, const std::string& path, const std::string& as,
               const std::string& body = {}, const std::string& parameter = {}) {
    ports::Identity identity;
    identity.user = as;
    return ask_as(method, path, identity, body, parameter);
  }
  Response ask_as(const std::string& method, const std::string& path, const ports::Identity& identity,
                  const std::string& body = {}, const std::string& parameter = {}) {
    auto made = request(method, path);
    made.body = body;
    std::optional<Response> answered;
    for (const auto& route : routes.routes()) {
      if (route.method == method && route.path == (parameter.empty() ? made.path : "/api/users/{id}")) {
        EXPECT_EQ(route.access, Route::Access::kBearer);
        route.handle({made, identity, parameter}, [&](Response response) { answered = std::move(response); });
      }
    }
    EXPECT_TRUE(answered) << path;
    return answered.value_or(Response{});
  }
  json found(const std::string& query, const std::string& as = "boris") {
    return json::parse(ask("GET", "/api/users?q=" + query, as).body)["users"];
  }
  static std::string code_of(const Response& response) {
    return json::parse(response.body).value("code", "(none)");
  }

  base::WallTime wall{base::hours(24 * 365 * 50)};
  base::MonoTime mono{base::hours(1)};
  ports::FakeAccountStore store;
  accounts::Profiles profiles{{}, store};
  UserRoutes routes{
      {.profiles = profiles, .wall_now = [this] { return wall; }, .mono_now = [this] { return mono; }}};
};

TEST_F(UserRoutesTest, ShowsPhoneAndEmailToThePersonAlone) {
  const auto self = json::parse(ask("GET", "/api/me", "anna").body);
  EXPECT_EQ(self["phone"], "+79990000001");
  EXPECT_EQ(self["email"], "anna@b.example");
  for (const auto& other :
       {json::parse(ask("GET", "/api/users/anna", "boris", {}, "anna").body), found("anna%40b.example")[0],
        found("%2B7%20999%20000-00-01")[0], found("%D0%B5%D0%BB%D0%BA")[0]}) {
    EXPECT_EQ(other["id"], "anna");
    EXPECT_EQ(other.count("phone") + other.count("email"), 0u) << other;
  }
  EXPECT_EQ(found("anna%40b.example", "anna")[0]["email"], "anna@b.example");
}

TEST_F(UserRoutesTest, FindsNobodyByWhatIsTooShortOrNoText) {
  for (const auto* query : {"", "bo", "%25%25%25", "___", "%ff%fe%fd", "b%00oris", "unknown%40b.example"})
    EXPECT_TRUE(found(query).empty()) << query;
  EXPECT_TRUE(json::parse(ask("GET", "/api/users", "boris").body)["users"].empty());
  EXPECT_TRUE(found(std::string(600, 'b')).empty());
  EXPECT_EQ(found("bor").size(), 1u);
}

TEST_F(UserRoutesTest, KnowsSomebodyWhoHasOnlyAToken) {
  EXPECT_EQ(json::parse(ask("GET", "/api/me", "stranger").body),
            json::parse(R"({"id":"stranger","name":"","avatar":""})"));
  EXPECT_EQ(ask("GET", "/api/users/stranger", "boris", {}, "stranger").status, 404u);
  EXPECT_EQ(json::parse(ask("PATCH", "/api/me", "stranger", R"({"name":"S"})").body)["name"], "S");
  EXPECT_EQ(ask("GET", "/api/users/stranger", "boris", {}, "stranger").status, 200u);
}

TEST_F(UserRoutesTest, RefusesWhatIsNoNameOrAvatar) {
  const auto change = [&](const std::string& body) { return code_of(ask("PATCH", "/api/me", "anna", body)); };
  EXPECT_EQ(change("nonsense"), "not_json");
  EXPECT_EQ(change(R"({"name":5})"), "not_json");
  EXPECT_EQ(change(R"({"name":")" + std::string(81, 'x') + "\"}"), "bad_name");
  EXPECT_EQ(change(R"({"name":"a\u202eb"})"), "bad_name");
  for (const auto* avatar :
       {"http://b.example/a.png", "javascript:alert(1)", "https://", "https://b.example/a b", "data:,x"})
    EXPECT_EQ(change(R"({"avatar":")" + std::string(avatar) + "\"}"), "bad_avatar") << avatar;
  EXPECT_EQ(store.rows.user("anna")->name, "Анна Ёлкина") << "nothing was changed";
}

TEST_F(UserRoutesTest, ChangesWhatIsSaidAndNothingElse) {
  EXPECT_EQ(
      json::parse(ask("PATCH", "/api/me", "anna", R"({"avatar":"https://b.example/a.png"})").body)["name"],
      "Анна Ёлкина");
  EXPECT_EQ(json::parse(ask("PATCH", "/api/me", "anna", R"({"name":"  Анна   Иванова "})").body)["name"],
            "Анна Иванова");
  EXPECT_EQ(json::parse(ask("PATCH", "/api/me", "anna", R"({"avatar":null})").body)["avatar"], "");
  EXPECT_EQ(json::parse(ask("PATCH", "/api/me", "anna", "{}").body)["name"], "Анна Иванова");
}

TEST_F(UserRoutesTest, LetsTheTokenHaveTheLastWord) {
  ports::Identity identity;
  identity.user = "anna";
  identity.name = "Anna of the backend";
  const auto user = json::parse(
      ask_as("PATCH", "/api/me", identity, R"({"name":"Other","avatar":"https://b.example/a"})").body);
  EXPECT_EQ(user["name"], "Anna of the backend");
  EXPECT_EQ(user["avatar"], "https://b.example/a");
}

TEST_F(UserRoutesTest, BoundsSearches) {
  for (int i = 0; i < 30; ++i) EXPECT_EQ(ask("GET", "/api/users?q=abc", "boris").status, 200u);
  EXPECT_EQ(code_of(ask("GET", "/api/users?q=abc", "boris")), "rate_limited");
  EXPECT_EQ(ask("GET", "/api/users?q=abc", "anna").status, 200u) << "of another user";
  mono += base::seconds(2);
  EXPECT_EQ(ask("GET", "/api/users?q=abc", "boris").status, 200u);
}

TEST_F(UserRoutesTest, AnswersThatTheStoreIsSick) {
  store.fall_sick();
  EXPECT_EQ(ask("GET", "/api/me", "anna").status, 503u);
  EXPECT_EQ(ask("PATCH", "/api/me", "anna", "{}").status, 503u);
  EXPECT_EQ(ask("GET", "/api/users?q=anna", "anna").status, 503u);
  EXPECT_EQ(ask("GET", "/api/users/anna", "anna", {}, "anna").status, 503u);
}

TEST_F(UserRoutesTest, HasNobodyUnderAnIdThatIsNone) {
  for (const std::string& id : {std::string(513, 'x'), std::string("\xff"), std::string("a\0b", 3)})
    EXPECT_EQ(ask("GET", "/api/users/x", "anna", {}, id).status, 404u);
}

}  // namespace
}  // namespace zvonok::http
