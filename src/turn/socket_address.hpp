// Between our addresses and the kernel's.
#pragma once

#include <sys/socket.h>

#include <optional>

#include "base/ip_address.hpp"

namespace zvonok::turn {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
/// An IPv4 address becomes one of AF_INET.
SocketAddress socket_address(const base::IpAddress& address, unsigned short port);

/// None for null and for other families.
std::optional<base::IpAddress> address_of(const sockaddr* address);

}  // namespace zvonok::turn
