// The addresses of this machine, and what a name means. Both may change while the server runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.hpp"

namespace zvonok::turn {

/// Those that others in the network can reach: neither loopback nor link-local. In the order of the
/// interfaces, each once.
std::vector<base::IpAddress> own_addresses();

enum class Family { kIpv4, kIpv6 };

/// The one of our addresses from which packets to the Internet leave; none: there is no such way. Nothing is
/// sent.
std::optional<base::IpAddress> outgoing_address(Family family);

/// All addresses of a name, or the address itself; none: it is not known now. Waits for the resolver, for
/// seconds if that is ill.
std::vector<base::IpAddress> resolve(const std::string& host);

}  // namespace zvonok::turn
