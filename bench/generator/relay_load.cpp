// Relayed messages: the server's CPU time from the first to the last of them, with nothing under way before
// and after.
#include <cinttypes>
#include <cstdio>
#include <vector>

#include "fatal.hpp"
#include "loads.hpp"
#include "pairs.hpp"
#include "server_process.hpp"

namespace zvonok::bench {
namespace {

class ToAndFro {
 public:
  ToAndFro(Pairs& pairs, std::size_t burst) : pairs_(pairs), burst_(burst), arrived_(pairs.clients()) {}

  /// Begins and ends with nothing under way.
  void run_for(Nanoseconds duration) {
    const auto until = monotonic_now() + duration;
    for (std::size_t client = 0; client < pairs_.clients(); client += 2) pairs_.send(client, burst_);
    const auto answer = [this](std::size_t client, std::size_t messages) { on_messages(client, messages); };
    answering_ = true;
    while (monotonic_now() < until) pairs_.poll(100, answer);
    answering_ = false;
    pairs_.drain(answer);
  }

 private:
  void on_messages(std::size_t client, std::size_t messages) {
    arrived_[client] += messages;
    if (arrived_[client] < burst_) return;
    arrived_[client] = 0;
    if (answering_) pairs_.send(client, burst_);
  }

  Pairs& pairs_;
  const std::size_t burst_;
  std::vector<std::size_t> arrived_;  // of the burst that is under way to each client
  bool answering_ = false;
};

void wait_for_a_line() {
  std::fflush(stdout);
  int c = 0;
  while ((c = std::getchar()) != '\n') {
    if (c == EOF) fatal("nobody said go on");
  }
}

}  // namespace

void relay_load(const Options& options) {
  const ServerProcess server(options.pid);
  server.wait_until_quiet();
  Pairs pairs(options);
  ToAndFro to_and_fro(pairs, options.burst);
  to_and_fro.run_for(options.warm_up);
  if (options.hold) {
    std::puts("ready");
    wait_for_a_line();
  }

  const auto cpu = server.cpu_time(), wall = monotonic_now();
  const auto switches = server.voluntary_switches();
  const auto received = pairs.received();
  to_and_fro.run_for(options.duration);
  const auto cpu_used = server.cpu_time() - cpu, wall_used = monotonic_now() - wall;
  std::printf("{\"messages\":%" PRIu64 ",\"cpu_ns\":%" PRId64 ",\"wall_ns\":%" PRId64
              ",\"voluntary_switches\":%" PRIu64 "}\n",
              pairs.received() - received, std::int64_t{cpu_used.count()}, std::int64_t{wall_used.count()},
              server.voluntary_switches() - switches);
  if (options.hold) wait_for_a_line();
}

}  // namespace zvonok::bench
