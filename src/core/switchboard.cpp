#include "core/switchboard.hpp"

#include <algorithm>
#include <string>

#include "base/assert.hpp"

namespace zvonok::core {
namespace {

// A client whose token ran out during its call may call again with a new connection; this gives its page time
// to fetch one.
constexpr base::Duration kExpiredStay{5'000};

}  // namespace

Switchboard::Switchboard(const Settings& settings)
    : settings_(settings), limits_(settings.offers), calls_(settings.calls, presence_, limits_) {}

base::Result<DeviceId, ConnectError> Switchboard::connect(std::string_view user, base::MonoTime now,
                                                          Effects& out) {
  if (const UserId known = presence_.find_user(user);
      known && presence_.user(known).devices >= settings_.devices_per_user) {
    const DeviceId stalest = presence_.stalest_idle_device(known);
    if (!stalest) return base::Unexpected{ConnectError::kTooManyDevices};
    close(stalest, CloseCause::kTooManyDevices, out);
  }
  const DeviceId device = presence_.add(user, now);
  if (const CallId ring = presence_.user_of(device).ring) {
    calls_.apply(ring, {CallEvent::kDeviceJoins, device}, now, out);
  }
  return device;
}

void Switchboard::disconnect(DeviceId device, base::MonoTime now, Effects& out) {
  if (const auto seat = seat_of(device)) {
    const auto event = seat->role == Role::kCaller ? CallEvent::kCallerLost : CallEvent::kCalleeLost;
    calls_.apply(seat->call, {event, device}, now, out);
  }
  watch_expired_idle(now);
  forget(device);
}

std::optional<Switchboard::Seat> Switchboard::seat_of(DeviceId id) {
  const Device& device = presence_.device(id);
  if (device.call) {
    return Seat{device.call, calls_.find(device.call)->caller.device == id ? Role::kCaller : Role::kCallee};
  }
  if (device.ring) return Seat{device.ring, Role::kCallee};
  return std::nullopt;
}

void Switchboard::act(DeviceId device, CallEvent as_caller, CallEvent as_callee, Payload payload,
                      base::MonoTime now, Effects& out) {
  presence_.device(device).last_message = now;
  const auto seat = seat_of(device);
  if (!seat) return out.add(MessageDropped{device, Drop::kNoCall});
  calls_.apply(seat->call, {seat->role == Role::kCaller ? as_caller : as_callee, device, payload}, now, out);
  watch_expired_idle(now);
}

void Switchboard::answer(DeviceId device, Payload payload, base::MonoTime now, Effects& out) {
  act(device, CallEvent::kCallerAnswer, CallEvent::kCalleeAnswer, payload, now, out);
}

void Switchboard::ice(DeviceId device, Payload payload, base::MonoTime now, Effects& out) {
  act(device, CallEvent::kCallerIce, CallEvent::kCalleeIce, payload, now, out);
}

void Switchboard::hangup(DeviceId device, base::MonoTime now, Effects& out) {
  act(device, CallEvent::kCallerHangup, CallEvent::kCalleeHangup, {}, now, out);
}

void Switchboard::offer(DeviceId device, std::string_view target, Payload payload, base::MonoTime now,
                        Effects& out) {
  presence_.device(device).last_message = now;
  if (!offer_in_call(device, target, payload, now, out)) offer_new_call(device, target, payload, now, out);
  watch_expired_idle(now);
}

// An offer to the other party of the call one is in is no new call: it is a renegotiation, a repeat, or
// glare.
bool Switchboard::offer_in_call(DeviceId device, std::string_view target, Payload payload, base::MonoTime now,
                                Effects& out) {
  const auto seat = seat_of(device);
  if (!seat) return false;
  const UserId peer = calls_.find(seat->call)->peer_of(seat->role).user;
  if (presence_.user(peer).name != target) return false;
  const auto event = seat->role == Role::kCaller ? CallEvent::kCallerOffer : CallEvent::kCalleeOffer;
  calls_.apply(seat->call, {event, device, payload}, now, out);
  return true;
}

void Switchboard::offer_new_call(DeviceId device, std::string_view target, Payload payload,
                                 base::MonoTime now, Effects& out) {
  // Who rings out with a device does not take the call that rings in on it.
  if (const CallId ring = presence_.device(device).ring) {
    calls_.apply(ring, {CallEvent::kCalleeLeaves, device}, now, out);
  }
  if (const auto refusal = refusal_of(device, target, payload, now)) {
    out.add(OfferRefused{device, *refusal});
    return tell_if_idle(device, out);
  }
  const UserId callee = presence_.find_user(target);
  if (!callee || presence_.user(callee).busy()) {
    calls_.never_rang(callee ? EndReason::kBusy : EndReason::kUnreachable, out);
    return tell_if_idle(device, out);
  }
  // Only now, since to somebody who cannot be rung an offer changes nothing.
  if (const CallId present = presence_.device(device).call) calls_.leave(present, device, device, now, out);
  calls_.ring(device, callee, payload, now, out);
}

std::optional<Refusal> Switchboard::refusal_of(DeviceId id, std::string_view target, Payload payload,
                                               base::MonoTime now) {
  const Device& device = presence_.device(id);
  const User& user = presence_.user(device.user);
  if (device.token_expired) return Refusal::kTokenExpired;
  if (user.name == target) return Refusal::kSelfCall;
  if (user.call && user.call != device.call) return Refusal::kInCall;
  if (limits_.is_repeat(user.name, target, payload, now)) return Refusal::kRepeat;
  if (!limits_.try_new_call(user.name, target, now)) return Refusal::kRateLimited;
  return std::nullopt;
}

// A v1 client cannot tell a refusal from the end of its present call, so inside a call it hears nothing.
void Switchboard::tell_if_idle(DeviceId device, Effects& out) {
  if (presence_.device(device).idle()) out.add(DeliverHangup{device});
}

void Switchboard::token_expired(DeviceId id, Effects& out) {
  Device& device = presence_.device(id);
  if (device.idle()) return close(id, CloseCause::kTokenExpired, out);
  device.token_expired = true;
}

// An idle device goes: nobody but itself is told.
void Switchboard::close(DeviceId device, CloseCause cause, Effects& out) {
  forget(device);
  out.add(CloseDevice{device, cause});
}

void Switchboard::forget(DeviceId device) {
  if (presence_.device(device).token_expired) {
    std::erase_if(expired_idle_, [&](const auto& entry) { return entry.second == device; });
  }
  presence_.remove(device);
}

void Switchboard::watch_expired_idle(base::MonoTime now) {
  for (const DeviceId device : presence_.take_expired_idle()) {
    // Rung once more within its 5 s, it has them again: its old deadline must not cut them short.
    std::erase_if(expired_idle_, [&](const auto& entry) { return entry.second == device; });
    expired_idle_.emplace(now + kExpiredStay, device);
  }
}

void Switchboard::shut_down(base::MonoTime now, Effects& out) {
  calls_.end_all(now, out);
  watch_expired_idle(now);
}

base::MonoTime Switchboard::next_deadline() const {
  const auto expired = expired_idle_.empty() ? base::kNever : expired_idle_.begin()->first;
  return std::min({calls_.next_deadline(), expired, limits_.next_deadline()});
}

void Switchboard::on_time(base::MonoTime now, Effects& out) {
  calls_.on_time(now, out);
  watch_expired_idle(now);
  while (!expired_idle_.empty() && expired_idle_.begin()->first <= now) {
    const DeviceId device = expired_idle_.begin()->second;
    expired_idle_.erase(expired_idle_.begin());
    // One that was rung again meanwhile stays until that is over.
    if (presence_.device(device).idle()) close(device, CloseCause::kTokenExpired, out);
  }
  limits_.forget_full(now);
}

Switchboard::Counts Switchboard::counts() const {
  return {presence_.device_count(), presence_.user_count(), calls_.size(), limits_.size(),
          calls_.deadline_count() + expired_idle_.size()};
}

}  // namespace zvonok::core
