#include "turn/denied_peers.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace zvonok::turn {
namespace {

// The IANA registries of special-purpose addresses, IPv4 and IPv6. coturn 4.6.1 looks at the mapped form as
// at IPv6, so that one is a range of its own; and a range whose first address is `::` would deny all of IPv4
// there. It compares byte by byte: each byte of an address must lie between those of the two ends, so a range
// ends where its bytes do. Of IPv6 only 2000::/3 has been given out.
constexpr DeniedRange kDenied[] = {
    {"0.0.0.0", "0.255.255.255"},                              // this network
    {"10.0.0.0", "10.255.255.255"},                            // private
    {"100.64.0.0", "100.127.255.255"},                         // carrier-grade NAT
    {"127.0.0.0", "127.255.255.255"},                          // loopback
    {"168.63.129.16", "168.63.129.16"},                        // Azure's metadata
    {"169.254.0.0", "169.254.255.255"},                        // link-local, with the cloud's metadata
    {"172.16.0.0", "172.31.255.255"},                          // private
    {"192.0.0.0", "192.0.0.255"},                              // protocol assignments
    {"192.0.2.0", "192.0.2.255"},                              // documentation
    {"192.88.99.0", "192.88.99.255"},                          // 6to4 relays
    {"192.168.0.0", "192.168.255.255"},                        // private
    {"198.18.0.0", "198.19.255.255"},                          // benchmarks
    {"198.51.100.0", "198.51.100.255"},                        // documentation
    {"203.0.113.0", "203.0.113.255"},                          // documentation
    {"240.0.0.0", "255.255.255.255"},                          // reserved, broadcast
    {"::1", "::ffff:ffff"},                                    // loopback, IPv4-compatible
    {"::ffff:0.0.0.0", "::ffff:255.255.255.255"},              // IPv4-mapped
    {"::ffff:0:0:0", "::ffff:0:ffff:ffff"},                    // IPv4-translated
    {"1::", "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},          // NAT64, not yet given out
    {"100::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},      // discarded, not yet given out
    {"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"},      // Teredo and other assignments
    {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},  // documentation
    {"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},     // 6to4
    {"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"},      // documentation
    {"4000::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},     // private, link-local, not yet given out
};

base::IpAddress address(std::string_view text) {
  const auto parsed = base::IpAddress::parse(text);
  ZVONOK_ASSERT(parsed.has_value());
  return *parsed;
}

// Our addresses hold IPv4 in its mapped form: to them that range would be all of IPv4.
bool is_mapped(const DeniedRange& range) {
  return range.first.starts_with("::ffff:0.");
}

}  // namespace

std::span<const DeniedRange> denied_peers() {
  return kDenied;
}

bool is_public(const base::IpAddress& peer) {
  if (peer == base::IpAddress()) return false;
  const bool multicast = peer.is_v4() ? peer.octets()[12] >= 224 : peer.octets()[0] == 0xff;
  return !multicast && std::ranges::none_of(kDenied, [&](const DeniedRange& range) {
    return !is_mapped(range) && address(range.first) <= peer && peer <= address(range.last);
  });
}

}  // namespace zvonok::turn
