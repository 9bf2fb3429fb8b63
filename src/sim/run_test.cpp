#include "sim/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace zvonok::sim {
namespace {

std::string text_of(const Schedule& schedule) {
  std::string text = describe(schedule.setup);
  for (const Action& action : schedule.actions)
    text += '\n' + describe(action) + ' ' + std::to_string(action.wait_ms);
  return text;
}

TEST(Schedule, TheSameSeedMakesTheSameScheduleAndAnotherSeedAnother) {
  EXPECT_EQ(text_of(random_schedule(7, 100)), text_of(random_schedule(7, 100)));
  EXPECT_NE(text_of(random_schedule(7, 100)), text_of(random_schedule(8, 100)));
}

TEST(Schedule, AThousandSeedsUseEveryVerb) {
  std::set<Verb> seen;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    for (const Action& action : random_schedule(seed, 50).actions) seen.insert(action.verb);
  }
  EXPECT_EQ(seen.size(), kVerbs);
}

TEST(Schedule, AnyBytesMakeOneInsideItsBounds) {
  for (int filling = 0; filling < 256; ++filling) {
    std::array<std::uint8_t, 64> bytes{};
    bytes.fill(static_cast<std::uint8_t>(filling));
    const Schedule schedule = schedule_of_bytes(bytes.data(), bytes.size());
    for (const Action& action : schedule.actions) {
      EXPECT_LT(action.seat, kSeats);
      EXPECT_LE(action.target, schedule.setup.users);
    }
    EXPECT_TRUE(run(schedule).passed()) << filling;
  }
  EXPECT_TRUE(run(schedule_of_bytes(nullptr, 0)).passed());
}

TEST(Run, CountsWhatReallyHappened) {
  const Schedule schedule{.setup = {},
                          .actions = {{.verb = Verb::kHangup, .seat = 0},  // from an empty seat
                                      {.verb = Verb::kConnect, .seat = 0},
                                      {.verb = Verb::kConnect, .seat = 0},  // into a taken one
                                      {.verb = Verb::kIce, .seat = 0}}};
  EXPECT_EQ(run(schedule).actions, 2U);
}

TEST(Run, TellsWhatEveryDeviceHears) {
  const Schedule schedule{.setup = {},
                          .actions = {{.verb = Verb::kConnect, .seat = seat_of(0, 0)},
                                      {.verb = Verb::kConnect, .seat = seat_of(1, 0)},
                                      {.verb = Verb::kOffer, .seat = seat_of(0, 0), .target = 1}}};
  std::string told;
  EXPECT_TRUE(run_aloud(schedule, [&](const std::string& line) { told += line; }).passed());
  EXPECT_NE(told.find("  a1 offers to b\n      b1 hears offer 1 of a1\n"), std::string::npos) << told;
}

TEST(Shrink, LeavesOnlyWhatTheFailureNeeds) {
  // "Fails" when an answer comes somewhere after an offer.
  const auto fails = [](const Schedule& schedule) {
    const auto verb = [](Verb wanted) {
      return [wanted](const Action& action) { return action.verb == wanted; };
    };
    const auto& actions = schedule.actions;
    const auto offer = std::ranges::find_if(actions, verb(Verb::kOffer));
    return std::find_if(offer, actions.end(), verb(Verb::kAnswer)) != actions.end();
  };
  std::uint64_t seed = 1;
  while (!fails(random_schedule(seed, 200))) ++seed;
  const Schedule shortest = shrink(random_schedule(seed, 200), fails);
  ASSERT_EQ(shortest.actions.size(), 2U);
  EXPECT_EQ(shortest.actions[0].verb, Verb::kOffer);
  EXPECT_EQ(shortest.actions[1].verb, Verb::kAnswer);
}

}  // namespace
}  // namespace zvonok::sim
