// What the outside sees of one step: the effects, with devices as seats and payloads as numbers, so that what
// happened and what should have happened are compared as plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/schedule.hpp"

namespace zvonok::sim {

enum class What : std::uint8_t {
  // Words that a device hears, in their order.
  kOffer,   // peer: the sender; a: the payload
  kAnswer,  // a: the payload
  kIce,     // a: the payload
  kHangup,
  kClosed,  // a: the cause
  // Facts for logs and history; their order among themselves says nothing.
  kRang,      // a: the call, b: devices
  kAnswered,  // a: the call, b: how long it rang
  kEnded,     // a: the call (0: it never rang), b: the reason, c: how long it rang, d: how long they talked
  kRefused,   // a: the refusal
  kDropped,   // a: why
};
constexpr bool is_word(What what) {
  return what <= What::kClosed;
}

struct Event {
  What what{};
  Seat seat = kNoSeat;
  Seat peer = kNoSeat;
  std::int64_t a = 0, b = 0, c = 0, d = 0;

  friend auto operator<=>(const Event&, const Event&) = default;
};

using Events = std::vector<Event>;

std::string describe(const Event& event);

/// Brings two lists that mean the same into the same order: words by device, each device's in their order,
/// and facts by value. To whom the server speaks first is nobody's business.
void normalise(Events& events);

}  // namespace zvonok::sim
