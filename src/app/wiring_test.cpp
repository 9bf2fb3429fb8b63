#include "app/wiring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace zvonok::app {
namespace {

using base::Duration;
using protocol::Limit;
using ::testing::ElementsAre;

void set(Settings& settings, Limit limit, std::int64_t value) {
  settings.limits[static_cast<std::size_t>(limit)] = value;
}

void expect_rate(const base::Rate& rate, std::int64_t burst, Duration interval) {
  EXPECT_EQ(rate.burst, burst);
  EXPECT_EQ(rate.interval, interval);
}

TEST(HubSettings, HasTheDefaultsOfTheTable) {
  const auto hub = hub_settings(Settings{});
  EXPECT_EQ(hub.core.calls.ring_max, base::seconds(45));
  EXPECT_EQ(hub.core.calls.candidates.kept, 64u);
  EXPECT_EQ(hub.core.devices_per_user, 16u);
  EXPECT_EQ(hub.payload_keys, 256u);
  EXPECT_EQ(hub.throttled_max, base::seconds(60));
  expect_rate(hub.core.offers.caller, 10, Duration{3'000});
  expect_rate(hub.core.offers.pair, 6, Duration{10'000});
  expect_rate(hub.core.offers.pair_long_term, 30, Duration{120'000});
  expect_rate(hub.messages, 2'000, Duration{10});
  expect_rate(hub.invalid_messages, 1'000, Duration{60});
}

TEST(HubSettings, FollowsEachSetting) {
  Settings settings;
  settings.call_ring_s = 7;
  set(settings, Limit::kCandidatesKept, 8);
  set(settings, Limit::kDevicesPerUser, 9);
  set(settings, Limit::kPayloadKeys, 20);
  set(settings, Limit::kThrottledMaxS, 11);
  set(settings, Limit::kOffersBurst, 12);
  set(settings, Limit::kOffersPerMin, 60);
  set(settings, Limit::kPairBurst, 13);
  set(settings, Limit::kPairPerMin, 30);
  set(settings, Limit::kPairPerH, 36);
  set(settings, Limit::kMessagesBurst, 14);
  set(settings, Limit::kMessagesPerS, 50);
  set(settings, Limit::kInvalidPerMin, 600);
  const auto hub = hub_settings(settings);
  EXPECT_EQ(hub.core.calls.ring_max, base::seconds(7));
  EXPECT_EQ(hub.core.calls.candidates.kept, 8u);
  EXPECT_EQ(hub.core.devices_per_user, 9u);
  EXPECT_EQ(hub.payload_keys, 20u);
  EXPECT_EQ(hub.throttled_max, base::seconds(11));
  expect_rate(hub.core.offers.caller, 12, Duration{1'000});
  expect_rate(hub.core.offers.pair, 13, Duration{2'000});
  expect_rate(hub.core.offers.pair_long_term, 36, Duration{100'000});
  expect_rate(hub.messages, 14, Duration{20});
  expect_rate(hub.invalid_messages, 600, Duration{100});
}

TEST(ServerSettings, FollowsEachSetting) {
  Settings settings;
  // Each its own number, so that two that were mixed up would show.
  set(settings, Limit::kHeaderBytes, 2'001);
  set(settings, Limit::kHeaderCount, 22);
  set(settings, Limit::kBodyBytes, 2'003);
  set(settings, Limit::kRequestHeadS, 4);
  set(settings, Limit::kRequestBodyS, 5);
  set(settings, Limit::kKeepAliveS, 6);
  set(settings, Limit::kCloseHandshakeS, 7);
  set(settings, Limit::kLingerS, 8);
  set(settings, Limit::kLingerBytes, 2'009);
  set(settings, Limit::kQueueBytes, 70'010);
  set(settings, Limit::kMessageBytes, 2'011);
  set(settings, Limit::kMessageFragments, 12);
  set(settings, Limit::kMessageProgressS, 13);
  set(settings, Limit::kControlBurst, 14);
  set(settings, Limit::kControlPerS, 20);
  set(settings, Limit::kAddressConnections, 15);
  set(settings, Limit::kAddressUnauthenticated, 16);
  set(settings, Limit::kAddressNewBurst, 17);
  set(settings, Limit::kAddressNewPerS, 100);
  set(settings, Limit::kAddressBadTokensPerMin, 60);
  settings.ws_ping_s = 18;
  settings.ws_dead_s = 19;
  settings.origins = {"https://app.example"};
  const auto server = server_settings(settings, 4'711);
  EXPECT_EQ(server.connections_max, 4'711u);
  EXPECT_EQ(server.limits.header_bytes, 2'001u);
  EXPECT_EQ(server.limits.header_count, 22u);
  EXPECT_EQ(server.limits.body_bytes, 2'003u);
  EXPECT_EQ(server.limits.request_head, base::seconds(4));
  EXPECT_EQ(server.limits.request_body, base::seconds(5));
  EXPECT_EQ(server.limits.keep_alive, base::seconds(6));
  EXPECT_EQ(server.limits.close_handshake, base::seconds(7));
  EXPECT_EQ(server.limits.linger, base::seconds(8));
  EXPECT_EQ(server.limits.linger_bytes, 2'009u);
  EXPECT_EQ(server.limits.queue_bytes, 70'010u);
  EXPECT_EQ(server.limits.frames.message_bytes, 2'011u);
  EXPECT_EQ(server.limits.frames.fragments, 12u);
  EXPECT_EQ(server.limits.message_progress, base::seconds(13));
  expect_rate(server.limits.control_frames, 14, Duration{50});
  EXPECT_EQ(server.limits.ping_after, base::seconds(18));
  EXPECT_EQ(server.limits.dead_after, base::seconds(19));
  EXPECT_EQ(server.addresses.connections, 15u);
  EXPECT_EQ(server.addresses.without_request, 16u);
  expect_rate(server.addresses.new_connections, 17, Duration{10});
  expect_rate(server.addresses.bad_tokens, 60, Duration{1'000});
  EXPECT_TRUE(server.upgrades.origins.holds("https://app.example"));
}

bool exempt(const net::ServerSettings& server, std::string_view address) {
  return net::AddressTable(server.addresses).is_exempt(*base::IpAddress::parse(address));
}

TEST(ServerSettings, CountsNoLimitAgainstTheMachineItself) {
  const auto server = server_settings(Settings{}, 1);
  EXPECT_TRUE(exempt(server, "127.0.0.1"));
  EXPECT_TRUE(exempt(server, "::1"));
  EXPECT_FALSE(exempt(server, "192.0.2.1"));
}

// Else a trusted proxy that names no client has one bucket of bad tokens for everybody behind it.
TEST(ServerSettings, CountsNoLimitAgainstTrustedProxies) {
  Settings settings;
  settings.trusted_proxies = {"10.0.0.5", "fd00::/8"};
  const auto server = server_settings(settings, 1);
  EXPECT_TRUE(exempt(server, "10.0.0.5"));
  EXPECT_TRUE(exempt(server, "fd00::1"));
  EXPECT_FALSE(exempt(server, "10.0.0.6"));
  ASSERT_EQ(server.trusted_proxies.size(), 2u);
}

TEST(JwtOptions, FollowsEachSetting) {
  Settings settings;
  settings.jwt_algs = {"ES256", "HS512"};
  settings.jwt_leeway_s = 5;
  settings.jwt_iss = "issuer";
  settings.jwt_aud = {"a", "b"};
  const auto options = jwt_options(settings);
  EXPECT_THAT(options.algorithms, ElementsAre(auth::Algorithm::kEs256, auth::Algorithm::kHs512));
  EXPECT_EQ(options.leeway, base::seconds(5));
  EXPECT_EQ(options.issuer, "issuer");
  EXPECT_THAT(options.audiences, ElementsAre("a", "b"));
}

TEST(JwtOptions, AllowsOnlyAlgorithmsThatHaveAKey) {
  Settings secret_only;
  secret_only.jwt_secret = Secret("s");
  EXPECT_THAT(jwt_options(secret_only).algorithms,
              ElementsAre(auth::Algorithm::kHs256, auth::Algorithm::kHs384, auth::Algorithm::kHs512));
  Settings keys_only;
  keys_only.jwks_file = "jwks.json";
  const auto algorithms = jwt_options(keys_only).algorithms;
  EXPECT_EQ(std::ranges::count(algorithms, auth::Algorithm::kHs256), 0);
  EXPECT_EQ(std::ranges::count(algorithms, auth::Algorithm::kRs256), 1);
}

}  // namespace
}  // namespace zvonok::app
