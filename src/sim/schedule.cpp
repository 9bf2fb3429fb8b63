#include "sim/schedule.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "sim/dice.hpp"

namespace zvonok::sim {
namespace {

struct VerbAbout {
  Verb verb;
  std::string_view name;
  std::uint32_t weight_max;  // of a mix: what a schedule is mostly made of, and what is rare in it
  bool may_be_off;
};
constexpr std::array<VerbAbout, kVerbs> kVerbTable{{
    {Verb::kConnect, "connects", 12, false},
    {Verb::kDisconnect, "disconnects", 10, true},
    {Verb::kOffer, "offers", 24, false},
    {Verb::kOfferAgain, "offers again", 12, true},
    {Verb::kAnswer, "answers", 20, true},
    {Verb::kIce, "sends ice", 30, true},
    {Verb::kHangup, "hangs up", 12, true},
    {Verb::kTokenExpired, "'s token expires", 6, true},
    {Verb::kWait, "wait", 12, true},
    {Verb::kWaitForDeadline, "wait for the next deadline", 6, true},
    {Verb::kDawdle, "the timer is late", 3, true},
    {Verb::kShutDown, "shut down", 1, true},
}};
static_assert([] {
  for (std::size_t i = 0; i < kVerbs; ++i) {
    if (static_cast<std::size_t>(kVerbTable[i].verb) != i) return false;
  }
  return true;
}());

const VerbAbout& about(Verb verb) {
  return kVerbTable[static_cast<std::size_t>(verb)];
}

// Around the times that mean something here: a repeat's second, the expired token's 5 s, the ring's 45 s, and
// the refilling of the buckets.
constexpr std::array<std::uint32_t, 12> kWaits{1,     20,    300,    999,    1'000,  2'000,
                                               4'999, 5'000, 10'000, 44'999, 45'000, 600'000};

class Mix {
 public:
  Mix(const Setup& setup, Dice& dice) : setup_(setup), dice_(dice) {
    for (const VerbAbout& verb : kVerbTable) {
      const bool off = verb.may_be_off && dice.percent(25);
      total_ += weights_[static_cast<std::size_t>(verb.verb)] = off ? 0 : 1 + dice.below(verb.weight_max);
    }
    // Some schedules are about two users and little else.
    busy_users_ = dice.percent(40) ? 2 : setup.users;
    odd_targets_ = dice.percent(50) ? 3 : 25;
  }

  Action next() {
    Action action{.verb = pick_verb()};
    const int users = dice_.percent(85) ? busy_users_ : setup_.users;
    const int user = static_cast<int>(dice_.below(static_cast<std::uint32_t>(users)));
    action.seat = pick_seat(user, action.verb == Verb::kConnect);
    // Where the verb cannot happen another one can: as far as it is known before the run, no turn is wasted.
    if (!taken_[action.seat]) action.verb = Verb::kConnect;
    if (taken_[action.seat] && action.verb == Verb::kConnect) action.verb = Verb::kOffer;
    action.target = pick_target(user);
    action.wait_ms = kWaits[dice_.below(action.verb == Verb::kDawdle ? 3 : kWaits.size())];
    if (action.verb == Verb::kConnect) taken_[action.seat] = true;
    if (action.verb == Verb::kDisconnect) taken_[action.seat] = false;
    return action;
  }

 private:
  Verb pick_verb() {
    std::uint32_t point = dice_.below(total_);
    for (std::size_t verb = 0;; ++verb) {
      if (point < weights_[verb]) return static_cast<Verb>(verb);
      point -= weights_[verb];
    }
  }

  // Prefers a seat where the verb can happen, as far as that is known before the run.
  Seat pick_seat(int user, bool empty) {
    const auto seats = static_cast<std::uint32_t>(setup_.seats);
    const std::uint32_t first = dice_.below(seats);
    for (std::uint32_t i = 0; i < seats; ++i) {
      const Seat seat = seat_of(user, static_cast<int>((first + i) % seats));
      if (taken_[seat] != empty) return seat;
    }
    return seat_of(user, static_cast<int>(first));
  }

  // Mostly another of the busy users; now and then oneself, or nobody.
  int pick_target(int self) {
    if (dice_.percent(odd_targets_))
      return static_cast<int>(dice_.below(static_cast<std::uint32_t>(setup_.users) + 1));
    const int others = busy_users_ - (self < busy_users_ ? 1 : 0);
    const int target = static_cast<int>(dice_.below(static_cast<std::uint32_t>(others)));
    return self < busy_users_ && target >= self ? target + 1 : target;
  }

  // Given to us.
  const Setup& setup_;
  Dice& dice_;
  // State.
  std::array<std::uint32_t, kVerbs> weights_{};
  std::uint32_t total_ = 0, odd_targets_ = 0;
  int busy_users_ = 2;
  std::array<bool, kSeats> taken_{};
};

}  // namespace

Schedule random_schedule(std::uint64_t seed, std::size_t steps) {
  Dice dice(seed);
  Schedule schedule;
  Setup& setup = schedule.setup;
  setup.users = 3 + static_cast<int>(dice.below(kUsersMax - 2));
  setup.seats = 1 + static_cast<int>(dice.below(kSeatsPerUser));
  setup.devices_per_user = dice.percent(25) ? 1 + dice.below(3) : 16;
  setup.candidates_kept = dice.percent(50) ? 1 + dice.below(4) : 64;
  if (dice.percent(50)) setup.candidate_bytes = 1 + dice.below(20);
  setup.default_rates = dice.percent(40);
  Mix mix(setup, dice);
  schedule.actions.reserve(steps);
  while (schedule.actions.size() < steps) schedule.actions.push_back(mix.next());
  return schedule;
}

Schedule schedule_of_bytes(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 4, kPerAction = 3;
  Schedule schedule;
  if (size < kHead) return schedule;
  Setup& setup = schedule.setup;
  setup.users = 2 + data[0] % (kUsersMax - 1);
  setup.seats = 1 + data[1] % kSeatsPerUser;
  setup.devices_per_user = data[2] < 64 ? 1 + data[2] % 3 : 16;
  setup.candidates_kept = data[3] % 2 == 0 ? 64 : 1 + (data[3] / 2) % 4;
  if (data[3] >= 128) setup.candidate_bytes = 1 + data[3] % 20;
  setup.default_rates = data[3] >= 128;
  for (std::size_t at = kHead; at + kPerAction <= size; at += kPerAction) {
    schedule.actions.push_back(
        {.verb = static_cast<Verb>(data[at] % kVerbs),
         .seat = seat_of(data[at + 1] / 16 % setup.users, data[at + 1] % 16 % setup.seats),
         .target = data[at + 2] % (setup.users + 1),
         .wait_ms = kWaits[data[at + 2] % kWaits.size()]});
  }
  return schedule;
}

std::string user_name(int user) {
  return {static_cast<char>('a' + user)};
}

std::string seat_name(Seat seat) {
  return user_name(user_of(seat)) + std::to_string(seat % kSeatsPerUser + 1);
}

std::string describe(const Action& action) {
  std::string what(about(action.verb).name);
  switch (action.verb) {
    case Verb::kWait:
    case Verb::kDawdle:
      return what + ' ' + std::to_string(action.wait_ms) + " ms";
    case Verb::kWaitForDeadline:
    case Verb::kShutDown:
      return what;
    case Verb::kOffer:
    case Verb::kOfferAgain:
      return seat_name(action.seat) + ' ' + what + " to " + user_name(action.target);
    case Verb::kTokenExpired:
      return seat_name(action.seat) + what;
    default:
      return seat_name(action.seat) + ' ' + what;
  }
}

std::string describe(const Setup& setup) {
  return std::to_string(setup.users) + " users, at most " + std::to_string(setup.devices_per_user) +
         " devices each, " + std::to_string(setup.candidates_kept) + " candidates kept of " +
         std::to_string(setup.candidate_bytes) + " bytes, " +
         (setup.default_rates ? "default rates" : "no rates");
}

}  // namespace zvonok::sim
