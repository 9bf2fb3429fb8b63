// Handshakes: the server's CPU time from the first connect to the last 101. The connections stay open until
// it has been read, so that closing them is not in it.
#include <cinttypes>
#include <cstdio>

#include "crowd.hpp"
#include "fatal.hpp"
#include "loads.hpp"
#include "server_process.hpp"

namespace zvonok::bench {
namespace {

// A server that compiles while it runs is compared when it has.
void warm_up(const Options& options) {
  Options first = options;
  first.duration = options.warm_up;
  (void)open_crowd(first, make_tokens(first, options.users + "first-"), Stop::kWhenTimeIsUp);
}

}  // namespace

void handshake_load(const Options& options) {
  if (options.raw) fatal("the bare relay has no handshake");
  const ServerProcess server(options.pid);
  const auto tokens = make_tokens(options, options.users);
  warm_up(options);
  server.wait_until_quiet();

  const auto cpu = server.cpu_time(), wall = monotonic_now();
  const auto sockets = open_crowd(options, tokens, Stop::kWhenTimeIsUp);
  const auto cpu_used = server.cpu_time() - cpu, wall_used = monotonic_now() - wall;
  for (const Socket& socket : sockets) expect_silent(socket);
  std::printf("{\"handshakes\":%zu,\"cpu_ns\":%" PRId64 ",\"wall_ns\":%" PRId64 "}\n", sockets.size(),
              std::int64_t{cpu_used.count()}, std::int64_t{wall_used.count()});
}

}  // namespace zvonok::bench
