#include "turn/free_ports.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "turn/socket_address.hpp"

namespace zvonok::turn {
namespace {

bool is_taken(int type, const base::IpAddress& address, unsigned short port) {
  const auto at = socket_address(address, port);
  const int socket = ::socket(at.family(), type | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  // As coturn does: a connection of the last run in TIME_WAIT is in nobody's way. For UDP it would share.
  const int yes = 1;
  if (type == SOCK_STREAM) (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (at.family() == AF_INET6) (void)::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  const bool bound = ::bind(socket, at.get(), at.size) == 0;
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
