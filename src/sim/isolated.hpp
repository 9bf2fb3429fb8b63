// Runs in a process of their own, so that a failed assertion of the core (which aborts) is a finding with a
// seed and a short trace like any other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace zvonok::sim {

enum class Exit : std::uint8_t { kTrue, kFalse, kCrashed };

struct IsolatedResult {
  Exit exit = Exit::kCrashed;
  /// The last number that the work reported: where a crash happened.
  std::optional<std::uint64_t> last_report;
};

/// Forks, runs `work` in the child and waits for it. `work` reports numbers through the function it is given.
/// With `quiet`, what the child writes to standard error is thrown away.
IsolatedResult run_isolated(const std::function<bool(const std::function<void(std::uint64_t)>& report)>& work,
                            bool quiet);

}  // namespace zvonok::sim
