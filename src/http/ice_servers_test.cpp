#include "http/ice_servers.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http/test_requests.hpp"

namespace zvonok::http {
namespace {

using nlohmann::json;
using testing::header_of;

struct FakeCredentials final : ports::TurnCredentials {
  ports::IceServers issue(std::string_view /*user*/, base::WallTime /*now*/) const override {
    return {.servers = servers, .ttl = base::seconds(3600)};
  }
  std::vector<ports::IceServer> servers;
};

class IceServersTest : public ::testing::Test {
 protected:
  unsigned status(const std::string& user) { return route.respond(user).status; }

  FakeCredentials credentials;
  base::MonoTime now{base::hours(1)};
  IceServers route{{.credentials = credentials,
                    .wall_now = [] { return base::WallTime(base::seconds(1)); },
                    .mono_now = [this] { return now; }}};
};

TEST_F(IceServersTest, AnswersWhatAPeerConnectionTakes) {
  credentials.servers = {
      {.urls = {"stun:h"}, .username = {}, .credential = {}},
      {.urls = {"turn:h?transport=udp", "turn:h?transport=tcp"}, .username = "1:u", .credential = "p"}};
  const auto response = route.respond("anna");
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(json::parse(response.body), json::parse(R"({"iceServers":[{"urls":["stun:h"]},
      {"urls":["turn:h?transport=udp","turn:h?transport=tcp"],"username":"1:u","credential":"p"}],"ttl":3600})"));
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
}

TEST_F(IceServersTest, HasAnEmptyListWithoutARelay) {
  EXPECT_EQ(json::parse(route.respond("anna").body), json::parse(R"({"iceServers":[],"ttl":3600})"));
}

TEST_F(IceServersTest, AnswersTheBearerOfATokenAlone) {
  EXPECT_EQ(route.route().access, Route::Access::kBearer);
}

TEST_F(IceServersTest, AnswersOneUserSixtyTimesAMinute) {
  for (int i = 0; i < 60; ++i) ASSERT_EQ(status("anna"), 200u);
  const auto refused = route.respond("anna");
  EXPECT_EQ(refused.status, 429u);
  EXPECT_EQ(header_of(refused, "Retry-After"), "60");
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
