// One run's world: the switchboard under test, an invented clock, and the two judges. It does an action,
// carries the effects to the judges, and says what is wrong.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/effects.hpp"
#include "core/switchboard.hpp"
#include "sim/oracle.hpp"
#include "sim/schedule.hpp"
#include "sim/witness.hpp"

namespace zvonok::sim {

class World {
 public:
  explicit World(const Setup& setup);

  /// Empty: all is well. After something else the world must not be used.
  std::string act(const Action& action);
  /// The end of a run: time runs twice the longest timer, calls are hung up, then (L1) no call is left, (L2)
  /// each user who is here can be called by each other one, (L3) when all have left, nothing is left.
  std::string finish();

  /// What the last action led to; empty when it was skipped.
  const std::string& story() const { return story_; }
  bool skipped() const { return skipped_; }
  /// Tells stories from now on: that costs half of the run.
  void tell() { telling_ = true; }
  std::string digest() const { return oracle_.digest(now_); }

 private:
  bool possible(const Action& action) const;
  void perform(const Action& action);
  void connect(Seat seat);
  void offer(const Action& action);
  std::string advance(const Action& action, MonoTime until);
  std::string judge(const Action& action);
  std::string check_counts() const;
  std::string compare(Events observed);

  Events read_effects();
  Seat seat_of_device(core::DeviceId device) const;
  std::int64_t number_of_call(core::CallId call);
  std::string_view write(Seat seat);
  static std::int64_t number_of(core::Payload payload);

  std::string hang_up_all();
  std::string call_everybody();
  std::string leave_all();

  // Given to us.
  const Setup setup_;
  const core::Settings settings_;
  // State.
  core::Switchboard board_;
  core::Effects effects_;
  Oracle oracle_;
  Witness witness_;
  MonoTime now_{};
  std::array<core::DeviceId, kSeats> devices_{};
  std::array<std::int64_t, kSeats> last_offer_{};
  std::unordered_map<core::DeviceId, Seat>
      seats_;  // also of devices that are gone: who speaks to them is found out
  std::unordered_map<core::CallId, std::int64_t> call_numbers_;
  std::int64_t payloads_ = 0, calls_ = 0;
  std::string text_, story_, wrong_;
  bool skipped_ = false, telling_ = false;
};

}  // namespace zvonok::sim
