// The life of a call as a table: states × events. Every cell says what is done and which state follows; there
// is no other place that decides it. The rules are docs/protocol.md; v2 will widen the table by states and
// events, not by exceptions.
//
// An event is "who does what": the caller's device, or a device of the callee, which is one of the ring set
// while it rings and the one that answered afterwards. Who is neither has no event here: third parties never
// reach a call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/end_reason.hpp"

namespace zvonok::core {

enum class CallState : std::uint8_t { kRinging, kActive, kEnded };
inline constexpr std::size_t kCallStates = 3;

enum class CallEvent : std::uint8_t {
  kCallerOffer,  // the caller's offer again while it rings, or a renegotiation
  kCallerAnswer,
  kCallerIce,
  kCallerHangup,
  kCallerLost,    // its connection is gone
  kCallerLeaves,  // it begins or accepts another call
  kCalleeOffer,   // while it rings: glare
  kCalleeAnswer,
  kCalleeIce,
  kCalleeHangup,
  kCalleeLost,
  kCalleeLeaves,
  kDeviceJoins,  // a new device of the callee
  kRingEmptied,  // the last rung device is out
  kRingTimeout,
  kShutdown,
};
inline constexpr std::size_t kCallEvents = 16;

enum class CallAction : std::uint8_t {
  kIgnore,       // nothing, but it is counted
  kReoffer,      // to every rung device; costs the pair's bucket, else it would be a ring bomb
  kIceToRing,    // to every rung device, and kept for those that join later
  kIceFromRung,  // to the caller at once if it rings alone, else kept until it answers
  kGlare,        // its offer is refused, and the surviving one is sent to it again
  kJoinRing,
  kLeaveRing,
  kAccept,         // the commit: the first answer wins
  kRenegotiate,    // the offer goes to the peer, which may answer it
  kForwardAnswer,  // to the peer, if the peer has offered
  kForwardIce,
  kEnd,
};

struct CallCell {
  CallAction action;
  CallState next;
  EndReason reason = EndReason::kHangup;  // read for kEnd only
};

namespace cell {
inline constexpr CallCell ringing(CallAction action) {
  return {action, CallState::kRinging};
}
inline constexpr CallCell active(CallAction action) {
  return {action, CallState::kActive};
}
inline constexpr CallCell end(EndReason reason) {
  return {CallAction::kEnd, CallState::kEnded, reason};
}
inline constexpr CallCell kOver{CallAction::kIgnore, CallState::kEnded};
}  // namespace cell

// Written as rows of events, so that a reader compares what one event does in each state.
inline constexpr std::array<std::array<CallCell, kCallStates>, kCallEvents> kCallTable = [] {
  using enum CallAction;
  using cell::active, cell::end, cell::kOver, cell::ringing;
  using R = EndReason;
  return std::array<std::array<CallCell, kCallStates>, kCallEvents>{{
      //                  ringing                  active                    ended
      /* CallerOffer   */ {ringing(kReoffer), active(kRenegotiate), kOver},
      /* CallerAnswer  */ {ringing(kIgnore), active(kForwardAnswer), kOver},
      /* CallerIce     */ {ringing(kIceToRing), active(kForwardIce), kOver},
      /* CallerHangup  */ {end(R::kCancelled), end(R::kHangup), kOver},
      /* CallerLost    */ {end(R::kCancelled), end(R::kConnectionLost), kOver},
      /* CallerLeaves  */ {end(R::kCancelled), end(R::kHangup), kOver},
      /* CalleeOffer   */ {ringing(kGlare), active(kRenegotiate), kOver},
      /* CalleeAnswer  */ {active(kAccept), active(kForwardAnswer), kOver},
      /* CalleeIce     */ {ringing(kIceFromRung), active(kForwardIce), kOver},
      /* CalleeHangup  */ {end(R::kDeclined), end(R::kHangup), kOver},
      /* CalleeLost    */ {ringing(kLeaveRing), end(R::kConnectionLost), kOver},
      /* CalleeLeaves  */ {ringing(kLeaveRing), end(R::kHangup), kOver},
      /* DeviceJoins   */ {ringing(kJoinRing), active(kIgnore), kOver},
      /* RingEmptied   */ {end(R::kUnreachable), active(kIgnore), kOver},
      /* RingTimeout   */ {end(R::kNoAnswer), active(kIgnore), kOver},
      /* Shutdown      */ {end(R::kServerShutdown), end(R::kServerShutdown), kOver},
  }};
}();

constexpr const CallCell& cell_of(CallState state, CallEvent event) {
  return kCallTable[static_cast<std::size_t>(event)][static_cast<std::size_t>(state)];
}

// Proofs, at compile time.
namespace table_proof {

constexpr bool
ends_exactly_where_it_says() {  // an end leads to `ended`, and nothing else does from a live state
  for (const auto& row : kCallTable) {
    for (std::size_t s = 0; s + 1 < kCallStates; ++s) {
      if ((row[s].action == CallAction::kEnd) != (row[s].next == CallState::kEnded)) return false;
    }
  }
  return true;
}

constexpr bool final_is_final() {
  for (const auto& row : kCallTable) {
    const auto& c = row[static_cast<std::size_t>(CallState::kEnded)];
    if (c.next != CallState::kEnded || c.action != CallAction::kIgnore) return false;
  }
  return true;
}

constexpr bool all_reachable() {
  std::array<bool, kCallStates> seen{true};  // a call begins in kRinging
  for (std::size_t round = 0; round < kCallStates; ++round) {
    for (const auto& row : kCallTable) {
      for (std::size_t s = 0; s < kCallStates; ++s) {
        if (seen[s]) seen[static_cast<std::size_t>(row[s].next)] = true;
      }
    }
  }
  for (const bool reached : seen) {
    if (!reached) return false;
  }
  return true;
}

constexpr bool every_state_can_end() {
  for (std::size_t s = 0; s + 1 < kCallStates; ++s) {
    bool ends = false;
    for (const auto& row : kCallTable) ends = ends || row[s].next == CallState::kEnded;
    if (!ends) return false;
  }
  return true;
}

static_assert(static_cast<std::size_t>(CallEvent::kShutdown) + 1 == kCallEvents,
              "the table has a row for each event");
static_assert(static_cast<std::size_t>(CallState::kEnded) + 1 == kCallStates,
              "the table has a column for each state");
static_assert(ends_exactly_where_it_says());
static_assert(final_is_final());
static_assert(all_reachable());
static_assert(every_state_can_end());

}  // namespace table_proof

}  // namespace zvonok::core
