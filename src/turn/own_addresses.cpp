#include "turn/own_addresses.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace zvonok::turn {
namespace {

std::optional<base::IpAddress> address_of(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
    return base::IpAddress::from_v4(octets);
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  std::array<std::uint8_t, 16> octets{};
  std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
  return base::IpAddress::from_v6(octets);
}

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
  const bool v4 = family == Family::kIpv4;
  const int socket = ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return std::nullopt;
  // To an address of the public Internet (a root name server's): connecting a UDP socket asks the routes
  // only.
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (v4) {
    auto* to = reinterpret_cast<sockaddr_in*>(&storage);
    to->sin_family = AF_INET;
    to->sin_port = htons(9);
    constexpr std::array<std::uint8_t, 4> kFar{198, 41, 0, 4};
    std::memcpy(&to->sin_addr, kFar.data(), kFar.size());
    size = sizeof(sockaddr_in);
  } else {
    auto* to = reinterpret_cast<sockaddr_in6*>(&storage);
    to->sin6_family = AF_INET6;
    to->sin6_port = htons(9);
    constexpr std::array<std::uint8_t, 16> kFar{0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, 0, 0,
                                                0,    0,    0,    0,    0,    2,    0, 0x30};
    std::memcpy(&to->sin6_addr, kFar.data(), kFar.size());
    size = sizeof(sockaddr_in6);
  }
  std::optional<base::IpAddress> own;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&storage), size) == 0) {
    size = sizeof storage;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) == 0)
      own = address_of(reinterpret_cast<const sockaddr*>(&storage));
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
