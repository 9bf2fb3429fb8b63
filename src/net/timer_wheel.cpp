#include "net/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace zvonok::net {

void TimerNode::unlink() {
  if (previous_next_ == nullptr) return;
  *previous_next_ = next_;
  if (next_ != nullptr) next_->previous_next_ = previous_next_;
  next_ = nullptr;
  previous_next_ = nullptr;
}

TimerWheel::TimerWheel(base::MonoTime now)
    : start_(now),
      slots_(std::make_unique<std::array<TimerNode*, kSlots>>()),
      occupied_(std::make_unique<std::array<std::uint64_t, kSlots / 64>>()) {}

// Rounded up: a timer is late by up to a tick, never early.
std::uint64_t TimerWheel::tick_of(base::MonoTime time) const {
  const auto since = std::max(time - start_, base::Duration{0});
  return static_cast<std::uint64_t>((since + kTick - base::Duration{1}) / kTick);
}

void TimerWheel::schedule(TimerNode& node, base::MonoTime deadline) {
  node.unlink();
  if (deadline == base::kNever) return;
  node.tick_ = std::max(tick_of(deadline), done_ + 1);
  const std::size_t slot = node.tick_ % kSlots;
  TimerNode*& head = (*slots_)[slot];
  node.next_ = head;
  if (head != nullptr) head->previous_next_ = &node.next_;
  head = &node;
  node.previous_next_ = &head;
  (*occupied_)[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerWheel::expire(base::MonoTime now) {
  if (now < start_) return;
  const auto last = static_cast<std::uint64_t>((now - start_) / kTick);
  while (done_ < last) {
    const std::uint64_t tick = std::max(done_ + 1, last >= kSlots ? last - kSlots + 1 : 0);
    done_ = tick;
    const std::size_t slot = tick % kSlots;
    if (((*occupied_)[slot / 64] >> (slot % 64) & 1) == 0) continue;
    // Taken off as a list of their own, since a node may schedule itself into this very slot, a turn later.
    TimerNode* due = std::exchange((*slots_)[slot], nullptr);
    (*occupied_)[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    if (due != nullptr) due->previous_next_ = &due;
    while (due != nullptr) {
      TimerNode& node = *due;
      node.unlink();
      if (node.tick_ <= last) {
        node.on_timer(now);
      } else {
        schedule(node, time_of(node.tick_));
      }
    }
  }
}

base::MonoTime TimerWheel::next_wakeup() const {
  const std::size_t first = (done_ + 1) % kSlots;
  for (std::size_t i = 0; i <= kSlots / 64; ++i) {
    const std::size_t word = (first / 64 + i) % (kSlots / 64);
    std::uint64_t bits = (*occupied_)[word];
    if (i == 0) bits &= ~std::uint64_t{0} << (first % 64);
    if (i == kSlots / 64) bits &= ~(~std::uint64_t{0} << (first % 64));
    for (; bits != 0; bits &= bits - 1) {
      const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      if ((*slots_)[slot] != nullptr) return time_of(done_ + 1 + (slot + kSlots - first) % kSlots);
    }
  }
  return base::kNever;
}

}  // namespace zvonok::net
