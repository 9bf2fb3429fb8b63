// Runs a schedule from its first action to the end of the world, and makes a failing one short.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "sim/schedule.hpp"

namespace zvonok::sim {

struct Outcome {
  std::string wrong;        // empty: passed
  std::size_t actions = 0;  // that really happened
  bool passed() const { return wrong.empty(); }
};

Outcome run(const Schedule& schedule);

/// The same run, told line by line through `say` while it goes, so that the last line before a crash is there
/// too.
Outcome run_aloud(const Schedule& schedule, const std::function<void(const std::string&)>& say);

/// The schedule without every action that can go while it still fails (a greedy form of delta debugging,
/// Zeller and Hildebrandt 2002): no single action can be taken out of what is left.
Schedule shrink(Schedule failing, const std::function<bool(const Schedule&)>& fails);

}  // namespace zvonok::sim
