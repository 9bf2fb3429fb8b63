#include "sim/event.hpp"

#include <algorithm>
#include <tuple>

#include "core/end_reason.hpp"

namespace zvonok::sim {

std::string describe(const Event& e) {
  const auto heard = [&](const char* word) { return seat_name(e.seat) + " hears " + word; };
  const auto number = [](std::int64_t n) { return ' ' + std::to_string(n); };
  switch (e.what) {
    case What::kOffer:
      return heard("offer") + number(e.a) + " of " + seat_name(e.peer);
    case What::kAnswer:
      return heard("answer") + number(e.a);
    case What::kIce:
      return heard("ice") + number(e.a);
    case What::kHangup:
      return heard("hangup");
    case What::kClosed:
      return seat_name(e.seat) + " is closed, cause" + number(e.a);
    case What::kRang:
      return "call" + number(e.a) + " rings" + number(e.b) + " devices";
    case What::kAnswered:
      return "call" + number(e.a) + " is answered after" + number(e.b) + " ms";
    case What::kEnded:
      return "call" + number(e.a) + " ends: " + std::string(core::name(static_cast<core::EndReason>(e.b))) +
             ", rang" + number(e.c) + " ms, talked" + number(e.d) + " ms";
    case What::kRefused:
      return "offer of " + seat_name(e.seat) + " is refused, cause" + number(e.a);
    case What::kDropped:
      return "message of " + seat_name(e.seat) + " is dropped, cause" + number(e.a);
  }
  return "?";
}

void normalise(Events& events) {
  const auto facts =
      std::stable_partition(events.begin(), events.end(), [](const Event& e) { return is_word(e.what); });
  std::stable_sort(events.begin(), facts, [](const Event& x, const Event& y) { return x.seat < y.seat; });
  std::sort(facts, events.end());
}

}  // namespace zvonok::sim
