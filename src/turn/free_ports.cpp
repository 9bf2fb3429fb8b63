#include "turn/free_ports.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace zvonok::turn {
namespace {

bool is_taken(int type, const base::IpAddress& address, unsigned short port) {
  const bool v4 = address.is_v4();
  const int socket = ::socket(v4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  // As coturn does: a connection of the last run in TIME_WAIT is in nobody's way. For UDP it would share.
  const int yes = 1;
  if (type == SOCK_STREAM) (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (v4) {
    auto* at = reinterpret_cast<sockaddr_in*>(&storage);
    at->sin_family = AF_INET;
    at->sin_port = htons(port);
    std::memcpy(&at->sin_addr, address.octets().data() + 12, 4);
    size = sizeof *at;
  } else {
    (void)::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    auto* at = reinterpret_cast<sockaddr_in6*>(&storage);
    at->sin6_family = AF_INET6;
    at->sin6_port = htons(port);
    std::memcpy(&at->sin6_addr, address.octets().data(), 16);
    size = sizeof *at;
  }
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&storage), size) == 0;
  // Two may bind to one TCP port with SO_REUSEADDR; only one may listen.
  const bool taken =
      bound ? type == SOCK_STREAM && ::listen(socket, 1) != 0 && errno == EADDRINUSE : errno == EADDRINUSE;
  ::close(socket);
  return taken;
}

}  // namespace

base::Result<void, base::IpAddress> check_port(unsigned short port,
                                               const std::vector<base::IpAddress>& addresses) {
  for (const auto& address : addresses) {
    if (is_taken(SOCK_DGRAM, address, port) || is_taken(SOCK_STREAM, address, port))
      return base::Unexpected{address};
  }
  return {};
}

}  // namespace zvonok::turn
