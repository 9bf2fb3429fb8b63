#include "app/file_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace zvonok::app {
namespace {

// For what is no client: listeners, logs, files that are re-read, a margin for connections that are being
// refused.
constexpr rlim_t kReserved = 256;
// A limit of 2^30, as containers set it, is no promise of memory; nobody has a million clients on one loop.
constexpr rlim_t kUsefulMax = 1'048'576;
constexpr std::size_t kConnectionsMin = 16;

}  // namespace

base::Result<std::size_t, std::string> connections_allowed(std::int64_t wanted) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return base::Unexpected{std::string("the limit of open files cannot be read")};
  if (const rlim_t goal = std::min(files.rlim_max, kUsefulMax); files.rlim_cur < goal) {
    const rlimit raised{goal, files.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) files.rlim_cur = goal;
  }
  const rlim_t limit = std::min(files.rlim_cur, kUsefulMax);
  const auto possible = static_cast<std::size_t>(limit > kReserved ? limit - kReserved : 0);
  if (possible < kConnectionsMin) {
    return base::Unexpected{"the limit of open files is " + std::to_string(files.rlim_cur) +
                            ", which leaves no room for " +
                            "clients: raise it (ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit)"};
  }
  if (wanted == 0) return possible;
  if (static_cast<std::size_t>(wanted) > possible) {
    return base::Unexpected{"limits.connections is " + std::to_string(wanted) +
                            ", but the limit of open files is " + std::to_string(files.rlim_cur) +
                            " and allows " + std::to_string(possible) +
                            ": raise it (ulimit -n, LimitNOFILE), or lower limits.connections"};
  }
  return static_cast<std::size_t>(wanted);
}

}  // namespace zvonok::app
