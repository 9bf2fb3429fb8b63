// Two clocks that must not be mixed, as types. Only the types: reading a clock is for src/app and src/net
// alone, so that everything else can be run on an invented time.
#pragma once

#include <chrono>

namespace zvonok::base {

using Duration = std::chrono::milliseconds;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct MonotonicTimeline {};  // CLOCK_MONOTONIC: never steps; its zero means nothing
struct WallTimeline {};       // Unix time; an operator or NTP may step it

/// For intervals: rings, pings, rate limits.
using MonoTime = std::chrono::time_point<MonotonicTimeline, Duration>;
/// For dates that others wrote: `exp` of a token (RFC 7519 section 4.1.4), validity of a certificate.
using WallTime = std::chrono::time_point<WallTimeline, Duration>;

/// "No deadline": later than every time that a clock will show.
inline constexpr MonoTime kNever = MonoTime::max();

}  // namespace zvonok::base
