// Where a relay must not send for its users: this machine's loopback, networks that are private or special,
// and the cloud's metadata service. Without it a TURN server is a hole in the firewall (CVE-2026-27624, and
// every report of its kind).
#pragma once

#include <span>
#include <string_view>

#include "base/ip_address.hpp"

namespace zvonok::turn {

/// From the first to the last, both included; in the form that coturn reads.
struct DeniedRange {
  std::string_view first, last;
};
std::span<const DeniedRange> denied_peers();

/// Whether people on the Internet can reach such an address: it is in none of the ranges.
bool is_public(const base::IpAddress& address);

}  // namespace zvonok::turn
