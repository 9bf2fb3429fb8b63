// A token bucket in eight bytes: instead of a count of tokens and the time of the last look, it holds the one
// instant at which it will be full again (the "virtual scheduling" form of the GCRA, ITU-T I.371).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace zvonok::base {

/// How often something may happen: `burst` times at once, then once per `interval`.
struct Rate {
  using Interval = std::chrono::microseconds;  // in milliseconds 700 a second would be 1,000

  std::int64_t burst = 1;
  Interval interval{1'000'000};

  /// `count` times per `period` after a burst, a million times a second at most.
  static constexpr Rate per(std::int64_t count, Duration period, std::int64_t burst) {
    return {burst, std::max(Interval{1}, Interval{period} / std::max<std::int64_t>(count, 1))};
  }
};

class TokenBucket {
 public:
  /// How long until a token is there; 0: now. Takes nothing.
  Duration wait(const Rate& rate, MonoTime now) const {
    const auto full_after_taking = std::max(full_at_, Instant(now)) + rate.interval;
    const auto excess = full_after_taking - now - rate.burst * rate.interval;
    return std::max(std::chrono::ceil<Duration>(excess), Duration{0});
  }
  /// Takes a token whether or not one is there: who must not go over asks `wait` first.
  void take(const Rate& rate, MonoTime now) { full_at_ = std::max(full_at_, Instant(now)) + rate.interval; }
  bool try_take(const Rate& rate, MonoTime now) {
    if (wait(rate, now) > Duration{0}) return false;
    take(rate, now);
    return true;
  }
  /// Whether at least that many tokens are there, 0 to the burst.
  bool has(std::int64_t tokens, const Rate& rate, MonoTime now) const {
    return full_at_ <= now || full_at_ - now <= (rate.burst - tokens) * rate.interval;
  }
  /// A full bucket has nothing to remember and may be forgotten.
  bool is_full(MonoTime now) const { return full_at_ <= now; }

 private:
  using Instant = std::chrono::time_point<MonotonicTimeline, Rate::Interval>;

  Instant full_at_ = Instant::min();
};

}  // namespace zvonok::base
