// A second judge, who knows no rule of ringing, busy or timers: it only watches what goes in and what comes
// out, as somebody who holds all the phones, and knows what must never be heard. So a misreading of the rules
// that core and oracle share is still found.
//
// The invariants (S9, bounded state, and L1 to L3 are checked by the world):
//   S1 no user is party to two calls          S2 a call has one caller and at most one answerer, chosen once
//   S3 a word reaches only members of the call, from a member of it
//   S4 an offer names its true sender         S5 candidates come in order and once
//   S6, S7 exactly one hangup ends a ring or a call for each device that did not end it itself
//   S11 nothing reaches a device that is gone S12 after glare one call is left
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/event.hpp"
#include "sim/schedule.hpp"

namespace zvonok::sim {

class Witness {
 public:
  /// Who wrote payload `number`; numbers begin at 1 and grow by 1.
  void wrote(Seat seat, std::int64_t number);

  /// One step: the action that was really done, and what came of it. Empty: nothing is wrong.
  std::string see(const Action& action, const Events& events);

 private:
  enum class Phone : std::uint8_t { kGone, kIdle, kCalling, kRung, kTalking };
  struct Line {
    Phone phone = Phone::kGone;
    Seat peer = kNoSeat;                          // of kRung: the caller; of kTalking: the other one
    int callee = -1;                              // of kCalling: the user
    std::int64_t since = 0;                       // its first payload in this call has at least this number
    std::array<std::int64_t, kSeats> last_ice{};  // by sender
  };

  void begin(const Action& action);
  std::string hear(const Action& action, const Event& event);
  std::string hear_offer(const Action& action, const Event& event);
  std::string hear_answer(const Action& action, const Event& event);
  std::string hear_ice(const Event& event);
  std::string hear_hangup(const Action& action, const Event& event);
  std::string check_together() const;
  Line call_to(int callee) const { return {.phone = Phone::kCalling, .callee = callee, .since = next()}; }
  std::int64_t next() const { return static_cast<std::int64_t>(authors_.size()); }
  void rest(Line& line) { line = {.phone = line.phone == Phone::kGone ? Phone::kGone : Phone::kIdle}; }
  Seat author(std::int64_t number) const { return authors_[static_cast<std::size_t>(number)]; }

  std::array<Line, kSeats> lines_{};
  std::vector<Seat> authors_{kNoSeat};
};

}  // namespace zvonok::sim
