// All live calls. `apply` is the one way in which a call changes: it reads the table and does what the cell
// says.
#pragma once

#include <set>
#include <string_view>
#include <utility>

#include "base/slab.hpp"
#include "core/call.hpp"
#include "core/effects.hpp"
#include "core/offer_limits.hpp"
#include "core/presence.hpp"

namespace zvonok::core {

struct CallSettings {
  base::Duration ring_max{
      45'000};  // higher: callers wait longer for nobody; lower: people run to the phone in vain
  CandidateLimits candidates{};
};

/// What a device does to a call: the one that acts, and what it sent.
struct Act {
  CallEvent event;
  DeviceId by;
  Payload payload{};
};

class Calls {
 public:
  Calls(const CallSettings& settings, Presence& presence, OfferLimits& limits)
      : settings_(settings), presence_(presence), limits_(limits) {}

  /// Makes a call and rings every device of `callee`, who must be here and not busy; so must the caller.
  void ring(DeviceId caller, UserId callee, Payload offer, base::MonoTime now, Effects& out);
  /// A call that nobody hears: it is told to the log and the history only.
  void never_rang(EndReason reason, Effects& out);

  void apply(CallId call, const Act& act, base::MonoTime now, Effects& out);

  /// Ends `call` for `by`, who knows: everybody else in it is told. For the commit of another call nobody is
  /// spared.
  void leave(CallId call, DeviceId carrier, DeviceId spared, base::MonoTime now, Effects& out);
  void end_all(base::MonoTime now, Effects& out);

  Call* find(CallId call) { return calls_.find(call); }
  std::size_t size() const { return calls_.size(); }
  std::size_t deadline_count() const { return ring_deadlines_.size(); }

  base::MonoTime next_deadline() const {
    return ring_deadlines_.empty() ? base::kNever : ring_deadlines_.begin()->first;
  }
  void on_time(base::MonoTime now, Effects& out);

 private:
  void act_in_ring(CallId id, Call& call, CallAction action, const Act& act, base::MonoTime now,
                   Effects& out);
  void act_in_talk(Call& call, CallAction action, const Act& act, Effects& out);
  void reoffer(Call& call, const Act& act, base::MonoTime now, Effects& out);
  void join_ring(CallId id, Call& call, DeviceId device, Effects& out);
  void leave_ring(CallId id, Call& call, const Act& act, base::MonoTime now, Effects& out);
  void accept(CallId id, Call& call, const Act& act, base::MonoTime now, Effects& out);
  void end(CallId id, EndReason reason, const Act& act, base::MonoTime now, Effects& out);

  // Given to us.
  const CallSettings settings_;
  Presence& presence_;
  OfferLimits& limits_;
  // State.
  base::Slab<Call, CallId> calls_;
  std::set<std::pair<base::MonoTime, CallId>> ring_deadlines_;
};

}  // namespace zvonok::core
