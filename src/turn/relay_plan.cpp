#include "turn/relay_plan.hpp"

#include <algorithm>

#include "turn/denied_peers.hpp"

namespace zvonok::turn {
namespace {

using base::IpAddress;
using Addresses = std::vector<IpAddress>;

const IpAddress kLoopback = IpAddress::from_v4({127, 0, 0, 1});

bool holds(const Addresses& list, const IpAddress& address) {
  return std::ranges::find(list, address) != list.end();
}

class Planner {
 public:
  Planner(const Surroundings& around, const RelayWishes& wishes) : around_(around), wishes_(wishes) {}

  RelayPlan plan() {
    plan_.listen = around_.own;
    plan_.listen.push_back(kLoopback);
    for (const bool v4 : {true, false}) plan_family(v4);
    // A machine without a network still serves itself.
    if (plan_.relay.empty()) plan_.relay.push_back(kLoopback);
    if (wishes_.external.empty() && around_.host.empty())
      plan_.warnings.push_back("the name " + wishes_.host + " (turn.host) is not known now; trying again");
    return std::move(plan_);
  }

 private:
  void plan_family(bool v4) {
    const auto own = relay_address(v4);
    if (!own) return;
    const auto external = external_address(v4);
    const auto seen = external.value_or(*own);
    // A candidate that nobody outside can reach costs every call time; IPv4 alone is enough.
    if (!v4 && !plan_.relay.empty() && !counts_as_public(seen)) return;
    plan_.relay.push_back(*own);
    if (external && *external != *own) plan_.external.push_back({*external, *own});
    if (!v4 || counts_as_public(seen)) return;
    plan_.warnings.push_back(
        "the relay's address " + seen.to_string() +
        " is private: people outside this network cannot be reached through it; set turn.external_ip to the "
        "address that they see" +
        (wishes_.allowed_peers.empty()
             ? ", or for a network without outside turn.allowed_peers to that network"
             : ""));
  }

  std::optional<IpAddress> relay_address(bool v4) const {
    // Of several IPv6 addresses another one is preferred every day (RFC 8981); the old ones serve on.
    for (const auto& address : around_.present.relay) {
      if (!v4 && !address.is_v4() && holds(around_.own, address)) return address;
    }
    const auto& outgoing = v4 ? around_.outgoing_v4 : around_.outgoing_v6;
    if (outgoing && holds(around_.own, *outgoing)) return outgoing;
    const auto found =
        std::ranges::find_if(around_.own, [v4](const IpAddress& address) { return address.is_v4() == v4; });
    return found == around_.own.end() ? std::nullopt : std::optional(*found);
  }

  // What was set, or what the name says when that is an address outside of this machine.
  std::optional<IpAddress> external_address(bool v4) const {
    const bool given = !wishes_.external.empty();
    // A name may have several addresses, in another order each time.
    for (const auto& present : around_.present.external) {
      if (!given && present.external.is_v4() == v4 && holds(around_.host, present.external))
        return present.external;
    }
    for (const auto& address : given ? wishes_.external : around_.host) {
      if (address.is_v4() != v4) continue;
      if (given || (!holds(around_.own, address) && counts_as_public(address))) return address;
    }
    return std::nullopt;
  }

  bool counts_as_public(const IpAddress& address) const {
    return is_public(address) || std::ranges::any_of(wishes_.allowed_peers, [&](const base::IpRange& range) {
             return range.contains(address);
           });
  }

  const Surroundings& around_;
  const RelayWishes& wishes_;
  RelayPlan plan_;
};

}  // namespace

RelayPlan plan_relay(const Surroundings& around, const RelayWishes& wishes) {
  return Planner(around, wishes).plan();
}

bool must_restart(const RelayPlan& present, const RelayPlan& wanted, const Addresses& host) {
  if (present.relay != wanted.relay || present.external != wanted.external) return true;
  return std::ranges::any_of(host, [&](const IpAddress& address) {
    return holds(wanted.listen, address) && !holds(present.listen, address);
  });
}

}  // namespace zvonok::turn
