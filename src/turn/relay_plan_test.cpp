#include "turn/relay_plan.hpp"

#include <gmock/gmock.h>

#include "turn/denied_peers.hpp"

namespace zvonok::turn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

base::IpAddress ip(std::string_view text) {
  return base::IpAddress::parse(text).value();
}

TEST(DeniedPeers, HoldWhatIsNotTheInternet) {
  for (const auto* address :
       {"127.0.0.1", "10.1.2.3", "169.254.169.254", "172.31.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "224.0.0.1", "203.0.113.5", "::", "::1", "fd00::1", "fe80::1", "ff02::1",
        "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1"})
    EXPECT_FALSE(is_public(ip(address))) << address;
  for (const auto* address :
       {"1.1.1.1", "11.0.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00::1"})
    EXPECT_TRUE(is_public(ip(address))) << address;
}

// A server with an address of its own, and Docker's bridge beside it.
TEST(RelayPlan, ListensEverywhereAndRelaysFromTheWayOut) {
  const auto plan = plan_relay({.own = {ip("172.17.0.1"), ip("8.8.8.1"), ip("2a00::1")},
                                .outgoing_v4 = ip("8.8.8.1"),
                                .outgoing_v6 = ip("2a00::1"),
                                .host = {ip("8.8.8.1"), ip("2a00::1")}},
                               {.host = "turn.example.com", .external = {}, .allowed_peers = {}});
  EXPECT_THAT(plan.listen, ElementsAre(ip("172.17.0.1"), ip("8.8.8.1"), ip("2a00::1"), ip("127.0.0.1")));
  EXPECT_THAT(plan.relay, ElementsAre(ip("8.8.8.1"), ip("2a00::1")));
  EXPECT_THAT(plan.external, IsEmpty());
  EXPECT_THAT(plan.warnings, IsEmpty());
}

// A cloud's 1:1 NAT: the name has the public address, the machine a private one.
TEST(RelayPlan, TakesTheExternalAddressFromTheName) {
  const Surroundings cloud{.own = {ip("10.0.0.5"), ip("2a00::1")},
                           .outgoing_v4 = ip("10.0.0.5"),
                           .outgoing_v6 = ip("2a00::1"),
                           .host = {ip("127.0.1.1"), ip("10.9.9.9"), ip("8.8.8.7"), ip("2a00::1")}};
  const auto plan = plan_relay(cloud, {.host = "h", .external = {}, .allowed_peers = {}});
  EXPECT_THAT(plan.external, ElementsAre(ExternalAddress{ip("8.8.8.7"), ip("10.0.0.5")}));
  EXPECT_THAT(plan.warnings, IsEmpty());
}

TEST(RelayPlan, TakesAnExternalAddressThatIsSetInItsFamilyAlone) {
  const auto plan = plan_relay({.own = {ip("10.0.0.5"), ip("fd00::5")},
                                .outgoing_v4 = ip("10.0.0.5"),
                                .outgoing_v6 = ip("fd00::5"),
                                .host = {ip("8.8.8.7")}},
                               {.host = "h", .external = {ip("8.8.4.4")}, .allowed_peers = {}});
  EXPECT_THAT(plan.external, ElementsAre(ExternalAddress{ip("8.8.4.4"), ip("10.0.0.5")}));
}

// Where there is IPv4, too, a private IPv6 address is a candidate that nobody can reach.
TEST(RelayPlan, RelaysFromAPrivateIpv6AddressOnlyWhereItIsOfUse) {
  const Surroundings both{.own = {ip("8.8.8.1"), ip("fd00::5")},
                          .outgoing_v4 = ip("8.8.8.1"),
                          .outgoing_v6 = ip("fd00::5"),
                          .host = {ip("8.8.8.1")}};
  const RelayWishes plain{.host = "h", .external = {}, .allowed_peers = {}};
  EXPECT_THAT(plan_relay(both, plain).relay, ElementsAre(ip("8.8.8.1")));
  const RelayWishes lab{
      .host = "h", .external = {}, .allowed_peers = {base::IpRange::parse("fd00::/8").value()}};
  EXPECT_THAT(plan_relay(both, lab).relay, ElementsAre(ip("8.8.8.1"), ip("fd00::5")));
  const RelayWishes nat{.host = "h", .external = {ip("8.8.8.1"), ip("2a00::1")}, .allowed_peers = {}};
  EXPECT_THAT(plan_relay(both, nat).external, ElementsAre(ExternalAddress{ip("2a00::1"), ip("fd00::5")}));
  const Surroundings alone{
      .own = {ip("fd00::5")}, .outgoing_v4 = {}, .outgoing_v6 = ip("fd00::5"), .host = {ip("fd00::5")}};
  EXPECT_THAT(plan_relay(alone, plain).relay, ElementsAre(ip("fd00::5")));
}

// A change cuts the calls that are relayed: what is still right stays.
TEST(RelayPlan, KeepsWhatIsInForceWhileItIsRight) {
  const RelayWishes automatic{.host = "h", .external = {}, .allowed_peers = {}};
  Surroundings around{.own = {ip("10.0.0.5"), ip("2a00::a"), ip("2a00::b")},
                      .outgoing_v4 = ip("10.0.0.5"),
                      .outgoing_v6 = ip("2a00::a"),
                      .host = {ip("8.8.8.7"), ip("8.8.8.8")}};
  around.present = plan_relay(around, automatic);
  around.outgoing_v6 = ip("2a00::b");  // a new temporary address (RFC 8981)
  around.host = {ip("8.8.8.8"), ip("8.8.8.7")};
  const auto after = plan_relay(around, automatic);
  EXPECT_EQ(after.relay, around.present.relay);
  EXPECT_EQ(after.external, around.present.external);
  EXPECT_FALSE(must_restart(around.present, after, around.host));
  around.host = {ip("8.8.8.8")};
  around.own = {ip("10.0.0.5"), ip("2a00::b")};
  const auto changed = plan_relay(around, automatic);
  EXPECT_THAT(changed.relay, ElementsAre(ip("10.0.0.5"), ip("2a00::b")));
  EXPECT_THAT(changed.external, ElementsAre(ExternalAddress{ip("8.8.8.8"), ip("10.0.0.5")}));
  EXPECT_TRUE(must_restart(around.present, changed, around.host));
}

TEST(RelayPlan, IsNotChangedByAnInterfaceThatNobodyIsSentTo) {
  const RelayPlan present{
      .listen = {ip("8.8.8.1")}, .relay = {ip("8.8.8.1")}, .external = {}, .warnings = {}};
  RelayPlan wanted = present;
  wanted.listen.push_back(ip("172.17.0.1"));
  wanted.warnings = {"other words"};
  EXPECT_FALSE(must_restart(present, wanted, {ip("8.8.8.1")}));
  EXPECT_FALSE(must_restart(wanted, present, {ip("8.8.8.1")})) << "it has gone again";
  EXPECT_TRUE(must_restart(present, wanted, {ip("172.17.0.1")})) << "turn.host means it";
}

TEST(RelayPlan, SaysWhatToSetWhenOnlyAPrivateAddressIsFound) {
  const Surroundings lan{.own = {ip("192.168.1.5")},
                         .outgoing_v4 = ip("192.168.1.5"),
                         .outgoing_v6 = {},
                         .host = {ip("127.0.1.1")}};
  EXPECT_THAT(plan_relay(lan, {.host = "h", .external = {}, .allowed_peers = {}}).warnings,
              ElementsAre(::testing::AllOf(HasSubstr("192.168.1.5"), HasSubstr("turn.external_ip"))));
  EXPECT_THAT(plan_relay(lan, {.host = "h",
                               .external = {},
                               .allowed_peers = {base::IpRange::parse("192.168.0.0/16").value()}})
                  .warnings,
              IsEmpty())
      << "a network without outside, by the operator's word";
}

TEST(RelayPlan, StartsWithANameThatIsNotKnownAndSaysSo) {
  const auto plan =
      plan_relay({.own = {ip("8.8.8.1")}, .outgoing_v4 = ip("8.8.8.1"), .outgoing_v6 = {}, .host = {}},
                 {.host = "nowhere.example", .external = {}, .allowed_peers = {}});
  EXPECT_THAT(plan.relay, ElementsAre(ip("8.8.8.1")));
  EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("nowhere.example")));
}

TEST(RelayPlan, ServesAMachineWithoutANetwork) {
  const auto plan = plan_relay({}, {.host = "localhost", .external = {ip("127.0.0.1")}, .allowed_peers = {}});
  EXPECT_THAT(plan.listen, ElementsAre(ip("127.0.0.1")));
  EXPECT_THAT(plan.relay, ElementsAre(ip("127.0.0.1")));
}

}  // namespace
}  // namespace zvonok::turn
