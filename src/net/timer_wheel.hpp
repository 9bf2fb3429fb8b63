// Timers for very many connections of which nearly all are idle: a deadline costs three pointers inside the
// connection and no allocation, moving it costs no system call, and the loop sleeps until the next slot that
// holds anything.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/time.hpp"

namespace zvonok::net {

class TimerWheel;

/// Something with a deadline. It takes itself off the wheel when it goes.
class TimerNode {
 public:
  TimerNode() = default;
  TimerNode(const TimerNode&) = delete;
  TimerNode& operator=(const TimerNode&) = delete;
  virtual ~TimerNode() { unlink(); }

  /// Called by the wheel at the deadline or at most kTick behind it; the node is off the wheel then.
  virtual void on_timer(base::MonoTime now) = 0;

  bool is_scheduled() const { return previous_next_ != nullptr; }

 private:
  friend class TimerWheel;
  void unlink();

  TimerNode* next_ = nullptr;
  TimerNode** previous_next_ = nullptr;  // whatever points at us: a slot, or the node before
  std::uint64_t tick_ = 0;
};

/// One loop's thread. Deadlines beyond one turn of the wheel stay in their slot and are passed over until
/// they are due.
class TimerWheel {
 public:
  /// The resolution. Finer slots wake the loop more often; coarser ones make short timeouts inexact.
  static constexpr base::Duration kTick{64};
  /// 17 minutes a turn: pings, deaths and handshakes all lie within one.
  static constexpr std::size_t kSlots = 16'384;

  explicit TimerWheel(base::MonoTime now);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  /// Sets or moves a node's deadline; kNever takes it off.
  void schedule(TimerNode& node, base::MonoTime deadline);
  /// Calls every node that is due. Nodes may be scheduled, moved and destroyed meanwhile.
  void expire(base::MonoTime now);
  /// When `expire` has to be called next; kNever when the wheel is empty.
  base::MonoTime next_wakeup() const;

 private:
  std::uint64_t tick_of(base::MonoTime time) const;
  base::MonoTime time_of(std::uint64_t tick) const {
    return start_ + kTick * static_cast<std::int64_t>(tick);
  }

  base::MonoTime start_;
  std::uint64_t done_ = 0;  // all ticks up to and with this one have been expired
  std::unique_ptr<std::array<TimerNode*, kSlots>> slots_;
  std::unique_ptr<std::array<std::uint64_t, kSlots / 64>>
      occupied_;  // may say "yes" of a slot that has become empty
};

}  // namespace zvonok::net
