#include "turn/coturn_config.hpp"

#include <gmock/gmock.h>

namespace zvonok::turn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CoturnConfig, SaysAllThatTheRelayMayAndMayNotDo) {
  const auto ip = [](std::string_view text) { return base::IpAddress::parse(text).value(); };
  const CoturnSettings settings{.wishes = {.host = "turn.example.com",
                                           .external = {},
                                           .allowed_peers = {base::IpRange::parse("10.1.0.0/16").value(),
                                                             base::IpRange::parse("fd00::/64").value()}},
                                .secret = base::Redacted<std::string>("the-secret"),
                                .port = 3478,
                                .relay_ports = {49160, 49960},
                                .user_quota = 12,
                                .log_mark = "5f1c",
                                .state_folder = "/var/lib/zvonok"};
  const RelayPlan plan{.listen = {ip("10.0.0.5"), ip("127.0.0.1")},
                       .relay = {ip("10.0.0.5")},
                       .external = {{ip("8.8.8.7"), ip("10.0.0.5")}},
                       .warnings = {}};
  const auto text = "\n" + coturn_config(settings, plan);
  for (const auto* line : {"use-auth-secret",
                           "static-auth-secret=the-secret",
                           "realm=turn.example.com",
                           "listening-port=3478",
                           "listening-ip=10.0.0.5",
                           "listening-ip=127.0.0.1",
                           "relay-ip=10.0.0.5",
                           "external-ip=8.8.8.7/10.0.0.5",
                           "min-port=49160",
                           "max-port=49960",
                           "user-quota=12",
                           "denied-peer-ip=127.0.0.0-127.255.255.255",
                           "denied-peer-ip=::ffff:0.0.0.0-::ffff:255.255.255.255",
                           "denied-peer-ip=169.254.0.0-169.254.255.255",
                           "allowed-peer-ip=10.1.0.0-10.1.255.255",
                           "allowed-peer-ip=fd00::-fd00::ffff:ffff:ffff:ffff",
                           "no-multicast-peers",
                           "no-tcp-relay",
                           "new-log-timestamp",
                           "new-log-timestamp-format=5f1c",
                           "no-cli",
                           "no-tls",
                           "no-dtls",
                           "userdb=/var/lib/zvonok/coturn.db",
                           "pidfile=/var/lib/zvonok/coturn.pid"})
    EXPECT_THAT(text, HasSubstr("\n" + std::string(line) + "\n")) << line;
  EXPECT_THAT(text, Not(HasSubstr("denied-peer-ip=::-"))) << "coturn takes that for all of IPv4";
}

}  // namespace
}  // namespace zvonok::turn
