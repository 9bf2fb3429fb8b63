// Idle connections: how much memory they hold, and whether the server sleeps while they say nothing.
#include <cinttypes>
#include <cstdio>
#include <thread>

#include "crowd.hpp"
#include "loads.hpp"
#include "server_process.hpp"

namespace zvonok::bench {
namespace {

// What is there once and not per connection (code that is paged in, the first block of an arena) is not
// charged to the connections: a few come and go first.
void touch(const Options& options, const ServerProcess& server) {
  Options few = options;
  few.connections = 16;
  (void)open_crowd(few, make_tokens(few, options.users + "first-"), Stop::kWhenAllAreOpen);
  server.wait_until_quiet();
}

}  // namespace

void idle_load(const Options& options) {
  const ServerProcess server(options.pid);
  const auto tokens = make_tokens(options, options.users);
  touch(options, server);
  const auto resident = server.resident_bytes();
  const auto crowd = open_crowd(options, tokens, Stop::kWhenAllAreOpen);
  server.wait_until_quiet();
  const auto resident_full = server.resident_bytes();

  const auto switches = server.voluntary_switches();
  const auto cpu = server.cpu_time();
  std::this_thread::sleep_for(options.duration);
  const auto switches_idle = server.voluntary_switches() - switches;
  const auto cpu_idle = server.cpu_time() - cpu;
  for (const Socket& socket : crowd) expect_silent(socket);
  std::printf("{\"connections\":%zu,\"resident_before\":%" PRIu64 ",\"resident_after\":%" PRIu64
              ",\"voluntary_switches\":%" PRIu64 ",\"idle_cpu_ns\":%" PRId64 "}\n",
              crowd.size(), resident, resident_full, switches_idle, std::int64_t{cpu_idle.count()});
}

}  // namespace zvonok::bench
