#include "http/ice_servers.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "http/test_requests.hpp"
#include "ports/fake_token_verifier.hpp"

namespace zvonok::http {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::get;
using testing::header_of;

struct FakeCredentials final : ports::TurnCredentials {
  ports::IceServers issue(std::string_view /*user*/, base::WallTime /*now*/) const override {
    return {.servers = servers, .ttl = base::seconds(3600)};
  }
  std::vector<ports::IceServer> servers;
};

class IceServersTest : public ::testing::Test {
 protected:
  std::optional<Response> ask(const std::string& authorization) {
    answered_later = std::make_shared<std::optional<Response>>();
    route.answer(get("/api/ice-servers", {{"Authorization", authorization}}),
                 [later = answered_later](Response response) { *later = std::move(response); });
    return *answered_later;
  }
  unsigned status(const std::string& user) { return ask("Bearer " + verifier.issue(user))->status; }

  ports::FakeTokenVerifier verifier;
  FakeCredentials credentials;
  base::MonoTime now{base::hours(1)};
  std::vector<ports::TokenError> reasons;
  std::size_t bad_tokens_max = 100;
  std::shared_ptr<std::optional<Response>> answered_later;
  IceServers route{{.verifier = verifier,
                    .credentials = credentials,
                    .wall_now = [] { return base::WallTime(base::seconds(1)); },
                    .mono_now = [this] { return now; },
                    .note_refused_token =
                        [this](const Request&, const ports::TokenRefusal& refusal) {
                          reasons.push_back(refusal.error);
                          return reasons.size() <= bad_tokens_max;
                        }}};
};

TEST_F(IceServersTest, AnswersWhatAPeerConnectionTakes) {
  credentials.servers = {
      {.urls = {"stun:h"}, .username = {}, .credential = {}},
      {.urls = {"turn:h?transport=udp", "turn:h?transport=tcp"}, .username = "1:u", .credential = "p"}};
  const auto response = ask("Bearer " + verifier.issue("anna"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200u);
  EXPECT_EQ(json::parse(response->body), json::parse(R"({"iceServers":[{"urls":["stun:h"]},
      {"urls":["turn:h?transport=udp","turn:h?transport=tcp"],"username":"1:u","credential":"p"}],"ttl":3600})"));
  EXPECT_EQ(header_of(*response, "Cache-Control"), "no-store");
}

TEST_F(IceServersTest, HasAnEmptyListWithoutARelay) {
  EXPECT_EQ(json::parse(ask("bearer " + verifier.issue("anna"))->body),
            json::parse(R"({"iceServers":[],"ttl":3600})"));
}

TEST_F(IceServersTest, GivesNothingWithoutAGoodToken) {
  for (const std::string authorization : {"", "Bearer ", "Bearer nonsense", "Basic YTpi"}) {
    const auto response = ask(authorization);
    EXPECT_EQ(response->status, 401u) << authorization;
    EXPECT_EQ(header_of(*response, "WWW-Authenticate"), "Bearer");
  }
  using ports::TokenError;
  EXPECT_THAT(reasons, ElementsAre(TokenError::kMissing, TokenError::kMissing, TokenError::kMalformed,
                                   TokenError::kMissing));
  bad_tokens_max = 0;
  EXPECT_EQ(ask("Bearer nonsense")->status, 429u);
  EXPECT_EQ(status("anna"), 200u) << "a valid one is always let in";
}

TEST_F(IceServersTest, AnswersLaterWhenTheVerdictComesLater) {
  verifier.answer_later();
  EXPECT_FALSE(ask("Bearer " + verifier.issue("anna")));
  verifier.answer_waiting();
  EXPECT_EQ((*answered_later)->status, 200u);
}

TEST_F(IceServersTest, AnswersOneUserSixtyTimesAMinute) {
  for (int i = 0; i < 60; ++i) ASSERT_EQ(status("anna"), 200u);
  const auto refused = ask("Bearer " + verifier.issue("anna"));
  EXPECT_EQ(refused->status, 429u);
  EXPECT_EQ(header_of(*refused, "Retry-After"), "60");
  EXPECT_EQ(status("boris"), 200u);
  now += base::seconds(1);
  EXPECT_EQ(status("anna"), 200u);
}

TEST_F(IceServersTest, ForgetsUsersWhoseRateIsWhole) {
  for (int i = 0; i < 1'500; ++i) EXPECT_EQ(status("u" + std::to_string(i)), 200u);
  now += base::minutes(2);
  for (int i = 0; i < 600; ++i) EXPECT_EQ(status("v" + std::to_string(i)), 200u);
  EXPECT_LT(route.remembered(), 1'500u);
}

}  // namespace
}  // namespace zvonok::http
