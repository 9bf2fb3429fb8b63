#include "sim/run.hpp"

#include <algorithm>

#include "sim/world.hpp"

namespace zvonok::sim {
namespace {

template <class BeforeAct, class AfterAct>
Outcome run_in(World& world, const Schedule& schedule, BeforeAct&& before, AfterAct&& after) {
  Outcome outcome;
  for (const Action& action : schedule.actions) {
    before(action);
    outcome.wrong = world.act(action);
    after();
    if (!world.skipped()) ++outcome.actions;
    if (!outcome.passed()) return outcome;
  }
  outcome.wrong = world.finish();
  return outcome;
}

}  // namespace

Outcome run(const Schedule& schedule) {
  World world(schedule.setup);
  return run_in(
      world, schedule, [](const Action&) {}, [] {});
}

Outcome run_aloud(const Schedule& schedule, const std::function<void(const std::string&)>& say) {
  World world(schedule.setup);
  world.tell();
  say("  " + describe(schedule.setup) + '\n');
  Outcome outcome = run_in(
      world, schedule, [&](const Action& action) { say("  " + describe(action) + '\n'); },
      [&] { say(world.story()); });
  if (!outcome.passed()) say("  WRONG: " + outcome.wrong + '\n');
  return outcome;
}

Schedule shrink(Schedule failing, const std::function<bool(const Schedule&)>& fails) {
  auto& actions = failing.actions;
  for (std::size_t piece = std::max<std::size_t>(actions.size() / 2, 1);; piece /= 2) {
    bool removed = false;
    // From behind: what comes after the failure goes first and in large pieces.
    for (std::size_t end = actions.size(); end > 0;) {
      const std::size_t begin = end - std::min(piece, end);
      Schedule shorter = failing;
      shorter.actions.erase(shorter.actions.begin() + static_cast<std::ptrdiff_t>(begin),
                            shorter.actions.begin() + static_cast<std::ptrdiff_t>(end));
      if (fails(shorter)) {
        failing = std::move(shorter);
        removed = true;
      }
      end = begin;
    }
    if (piece == 1 && !removed) return failing;
    if (piece == 1) piece = 2;  // once more, one by one: a deletion may have made another possible
  }
}

}  // namespace zvonok::sim
