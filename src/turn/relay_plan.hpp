// On which addresses a relay of ours listens and relays, and as what the world sees them. Pure: what the
// machine and the resolver say goes in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.hpp"

namespace zvonok::turn {

struct ExternalAddress {
  base::IpAddress external, own;
  friend bool operator==(const ExternalAddress&, const ExternalAddress&) = default;
};

struct RelayPlan {
  std::vector<base::IpAddress> listen;    // each by name: coturn refuses IPv6 relays on a wildcard
  std::vector<base::IpAddress> relay;     // one a family
  std::vector<ExternalAddress> external;  // behind 1:1 NAT: at most one a family
  std::vector<std::string> warnings;      // it works, but not for everybody
  friend bool operator==(const RelayPlan&, const RelayPlan&) = default;
};

struct Surroundings {
  std::vector<base::IpAddress> own;  // of this machine, neither loopback nor link-local
  std::optional<base::IpAddress> outgoing_v4, outgoing_v6;  // those that packets to the Internet leave from
  std::vector<base::IpAddress> host;                        // what turn.host means
  RelayPlan present{};  // in force; what is still right of it stays, since a change cuts calls
};

struct RelayWishes {
  std::string host;                          // turn.host, for the warnings
  std::vector<base::IpAddress> external;     // turn.external_ip; empty: auto
  std::vector<base::IpRange> allowed_peers;  // counted as public: a LAN's or a lab's own
};

RelayPlan plan_relay(const Surroundings& around, const RelayWishes& wishes);

/// Whether a relay by the present plan is of no use to some who could be served by `wanted`. Another
/// interface (Docker's, a VPN's) is no reason, unless turn.host (`host`) means its address.
bool must_restart(const RelayPlan& present, const RelayPlan& wanted,
                  const std::vector<base::IpAddress>& host);

}  // namespace zvonok::turn
