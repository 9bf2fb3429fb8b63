// Latency at a rate that leaves the server mostly idle: what a user notices, as against what a machine costs.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <deque>
#include <vector>

#include "fatal.hpp"
#include "loads.hpp"
#include "pairs.hpp"
#include "server_process.hpp"

namespace zvonok::bench {
namespace {

// A message's time begins when it was due, not when we came to send it: else a server that holds the
// generator up would be measured only while it does not.
class Paced {
 public:
  Paced(Pairs& pairs, Nanoseconds interval)
      : pairs_(pairs), interval_(interval), under_way_(pairs.clients()) {}

  std::vector<Nanoseconds> run_for(Nanoseconds duration) {
    took_.clear();
    const auto begin = monotonic_now();
    const auto note = [this](std::size_t client, std::size_t messages) { note_arrival(client, messages); };
    auto due = begin;
    for (std::size_t turn = 0; due - begin < duration;) {
      // Without waiting in the kernel, whose timers would add to what is measured.
      pairs_.poll(0, note);
      if (monotonic_now() < due) continue;
      const std::size_t client = turn++ % pairs_.clients();
      under_way_[Pairs::partner_of(client)].push_back(due);
      pairs_.send(client, 1);
      due += interval_;
    }
    pairs_.drain(note);
    return std::move(took_);
  }

 private:
  void note_arrival(std::size_t client, std::size_t messages) {
    const auto now = monotonic_now();
    auto& due = under_way_[client];
    for (; messages > 0; --messages) {
      took_.push_back(now - due.front());
      due.pop_front();
    }
  }

  Pairs& pairs_;
  const Nanoseconds interval_;
  std::vector<std::deque<Nanoseconds>> under_way_;  // to each client: when they were due
  std::vector<Nanoseconds> took_;
};

std::int64_t percentile(const std::vector<Nanoseconds>& sorted, std::size_t percent) {
  return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)].count();
}

}  // namespace

void latency_load(const Options& options) {
  const ServerProcess server(options.pid);
  server.wait_until_quiet();
  Pairs pairs(options);
  Paced paced(pairs, Nanoseconds(std::chrono::seconds(1)) / options.rate);
  (void)paced.run_for(options.warm_up);  // its times are those of a cold server
  auto took = paced.run_for(options.duration);
  if (took.empty()) fatal("no message was sent");
  std::ranges::sort(took);
  std::printf("{\"messages\":%zu,\"p50_ns\":%" PRId64 ",\"p99_ns\":%" PRId64 "}\n", took.size(),
              percentile(took, 50), percentile(took, 99));
}

}  // namespace zvonok::bench
