#include "turn/own_addresses.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/assert.hpp"
#include "turn/socket_address.hpp"

namespace zvonok::turn {
namespace {

// On the public Internet: a root name server's.
constexpr std::string_view kFarV4 = "198.41.0.4";
constexpr std::string_view kFarV6 = "2001:503:ba3e::2:30";
constexpr unsigned short kAnyPort = 9;

bool is_link_local(const base::IpAddress& address) {
  const auto& octets = address.octets();
  return address.is_v4() ? octets[12] == 169 && octets[13] == 254
                         : octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80;
}

void add_once(std::vector<base::IpAddress>& list, const base::IpAddress& address) {
  if (std::ranges::find(list, address) == list.end()) list.push_back(address);
}

}  // namespace

std::vector<base::IpAddress> own_addresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, ::freeifaddrs);
  std::vector<base::IpAddress> found;
  for (const auto* entry = all.get(); entry != nullptr; entry = entry->ifa_next) {
    const auto address = address_of(entry->ifa_addr);
    const bool up = (entry->ifa_flags & IFF_UP) != 0;
    if (!up || !address || address->is_loopback() || is_link_local(*address)) continue;
    add_once(found, *address);
  }
  return found;
}

std::optional<base::IpAddress> outgoing_address(Family family) {
  const auto far = base::IpAddress::parse(family == Family::kIpv4 ? kFarV4 : kFarV6);
  ZVONOK_ASSERT(far.has_value());
  auto address = socket_address(*far, kAnyPort);
  const int socket = ::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return std::nullopt;
  // Connecting a UDP socket asks the routes only.
  std::optional<base::IpAddress> own;
  if (::connect(socket, address.get(), address.size) == 0) {
    address.size = sizeof address.storage;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size) == 0)
      own = address_of(address.get());
  }
  ::close(socket);
  if (own && (own->is_loopback() || is_link_local(*own))) return std::nullopt;
  return own;
}

std::vector<base::IpAddress> resolve(const std::string& host) {
  if (const auto literal = base::IpAddress::parse(host)) return {*literal};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &first) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(first, ::freeaddrinfo);
  std::vector<base::IpAddress> found;
  for (const auto* entry = all.get(); entry != nullptr; entry = entry->ai_next) {
    if (const auto address = address_of(entry->ai_addr)) add_once(found, *address);
  }
  return found;
}

}  // namespace zvonok::turn
