// What the oracle holds true now: nothing here changes it.
#include <algorithm>

#include "sim/oracle.hpp"

namespace zvonok::sim {

MonoTime Oracle::next_wait() const {
  MonoTime next = base::kNever;
  for (const Call& call : calls_) {
    if (call.ringing()) next = std::min(next, call.began + settings_.calls.ring_max);
  }
  for (const Device& device : devices_) next = std::min(next, device.closes_at);
  return next;
}

std::size_t Oracle::devices() const {
  return static_cast<std::size_t>(std::ranges::count_if(devices_, &Device::here));
}

std::size_t Oracle::users() const {
  std::size_t users = 0;
  for (int user = 0; user < kUsersMax; ++user) {
    bool any = false;
    for (Seat seat = seat_of(user, 0); seat < seat_of(user + 1, 0); ++seat) any = any || here(seat);
    users += any ? 1 : 0;
  }
  return users;
}

std::size_t Oracle::ringing() const {
  return static_cast<std::size_t>(std::ranges::count_if(calls_, &Call::ringing));
}

std::size_t Oracle::expired_devices() const {
  return static_cast<std::size_t>(std::ranges::count_if(devices_, &Device::expired));
}

std::vector<Seat> Oracle::talking() const {
  std::vector<Seat> parties;
  for (const Call& call : calls_) {
    if (!call.ringing()) parties.push_back(call.caller);
  }
  return parties;
}

std::string Oracle::digest(MonoTime now) const {
  std::string text;
  const auto add = [&](std::int64_t n) { text.append(std::to_string(n)).push_back(' '); };
  const auto wait = [&](MonoTime until) { add(until == base::kNever ? -1 : (until - now).count()); };
  for (const Device& device : devices_) {
    if (!device.here) {
      text.push_back('-');
      continue;
    }
    add(device.expired ? 1 : 0);
    wait(device.closes_at);
  }
  for (const Call& call : calls_) {
    for (const std::int64_t n :
         {call.caller, call.callee, call.answerer, call.owed_by_caller, call.owed_by_answerer})
      add(n);
    wait(call.began + settings_.calls.ring_max);
    add(static_cast<std::int64_t>(call.caller_ice.size()));
    add(static_cast<std::int64_t>(call.caller_ice_bytes));
    add(call.somebody_busy ? 1 : 0);
    for (const Rung& rung : call.rung) {
      add(rung.seat);
      add(static_cast<std::int64_t>(rung.held.size()));
      add(static_cast<std::int64_t>(rung.ice_bytes));
      add(rung.muted ? 1 : 0);
    }
    text.push_back('/');
  }
  return text;
}

}  // namespace zvonok::sim
