#include "sim/exhaustive.hpp"

#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/run.hpp"
#include "sim/world.hpp"

namespace zvonok::sim {
namespace {

std::vector<Action> small_actions(const Setup& setup) {
  std::vector<Action> actions{{.verb = Verb::kWaitForDeadline}};
  for (int user = 0; user < setup.users; ++user) {
    for (int number = 0; number < setup.seats; ++number) {
      const Seat seat = seat_of(user, number);
      for (const Verb verb : {Verb::kConnect, Verb::kDisconnect, Verb::kOffer, Verb::kAnswer, Verb::kIce,
                              Verb::kHangup, Verb::kTokenExpired}) {
        actions.push_back({.verb = verb, .seat = seat, .target = 1 - user});
      }
    }
  }
  return actions;
}

std::vector<Action> everybody_connects(const Setup& setup) {
  std::vector<Action> actions;
  for (int user = 0; user < setup.users; ++user) {
    for (int number = 0; number < setup.seats; ++number) {
      actions.push_back({.verb = Verb::kConnect, .seat = seat_of(user, number)});
    }
  }
  return actions;
}

}  // namespace

SearchResult search(std::size_t depth) {
  const Setup setup{};
  const std::vector<Action> actions = small_actions(setup);
  SearchResult result;
  std::unordered_set<std::string> seen;
  std::vector<std::vector<Action>> frontier{everybody_connects(setup)};
  for (std::size_t level = 0; level < depth; ++level) {
    std::vector<std::vector<Action>> next;
    for (const auto& path : frontier) {
      for (const Action& action : actions) {
        // A switchboard cannot be copied, so its past is done again: at these depths that is a few
        // microseconds.
        World world(setup);
        for (const Action& past : path) (void)world.act(past);  // it was well when it was done first
        std::string wrong = world.act(action);
        ++result.runs;
        if (!wrong.empty()) {
          Schedule failing{setup, path};
          failing.actions.push_back(action);
          run_aloud(failing, [&](const std::string& line) { result.trace += line; });
          result.wrong = std::move(wrong);
          return result;
        }
        if (world.skipped() || !seen.insert(world.digest()).second) continue;
        next.push_back(path);
        next.back().push_back(action);
      }
    }
    frontier = std::move(next);
  }
  result.states = seen.size();
  return result;
}

}  // namespace zvonok::sim
