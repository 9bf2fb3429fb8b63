#include "core/calls.hpp"

#include <limits>
#include <vector>

#include "base/assert.hpp"

namespace zvonok::core {

void Calls::ring(DeviceId caller, UserId callee, Payload offer, base::MonoTime now, Effects& out) {
  const UserId caller_user = presence_.device(caller).user;
  ZVONOK_ASSERT(!presence_.user(caller_user).call && !presence_.user(callee).busy());
  const CallId id = calls_.insert({.caller = {caller_user, caller, 0},
                                   .callee = {callee, {}, 0},
                                   .ring = std::make_unique<Ring>(),
                                   .began = now,
                                   .answered = {},
                                   .ring_until = now + settings_.ring_max});
  Call& call = calls_.at(id);
  ring_deadlines_.emplace(call.ring_until, id);
  presence_.device(caller).call = id;
  presence_.user(caller_user).call = id;
  presence_.user(callee).ring = id;
  call.ring->reoffer(caller, offer, out);
  presence_.for_each_device_of(callee, [&](DeviceId device) { join_ring(id, call, device, out); });
  out.add(CallRang{id, call.ring->devices().size()});
}

void Calls::never_rang(EndReason reason, Effects& out) {
  const CallId id = calls_.insert({});  // for its number
  calls_.erase(id);
  out.add(CallEnded{id, reason, false, {}, {}});
}

void Calls::apply(CallId id, const Act& act, base::MonoTime now, Effects& out) {
  Call& call = calls_.at(id);
  const CallCell& cell = cell_of(call.state, act.event);
  if (cell.action == CallAction::kIgnore) {
    out.add(MessageDropped{act.by, Drop::kNotNow});
  } else if (cell.action == CallAction::kEnd) {
    end(id, cell.reason, act, now, out);
  } else if (call.state == CallState::kRinging) {
    act_in_ring(id, call, cell.action, act, now, out);
  } else {
    act_in_talk(call, cell.action, act, out);
  }
}

void Calls::act_in_ring(CallId id, Call& call, CallAction action, const Act& act, base::MonoTime now,
                        Effects& out) {
  const DeviceId caller = call.caller.device;
  switch (action) {
    case CallAction::kReoffer:
      return reoffer(call, act, now, out);
    case CallAction::kIceToRing:
      return call.ring->ice_from_caller(caller, act.payload, settings_.candidates, out);
    case CallAction::kIceFromRung:
      return call.ring->ice_from_rung(act.by, caller, act.payload, settings_.candidates, out);
    case CallAction::kGlare:
      return call.ring->refuse_offer_of(act.by, caller, out);
    case CallAction::kJoinRing:
      return join_ring(id, call, act.by, out);
    case CallAction::kLeaveRing:
      return leave_ring(id, call, act, now, out);
    case CallAction::kAccept:
      return accept(id, call, act, now, out);
    default:
      ZVONOK_UNREACHABLE("an action of another state");
  }
}

void Calls::act_in_talk(Call& call, CallAction action, const Act& act, Effects& out) {
  const Role role = act.by == call.caller.device ? Role::kCaller : Role::kCallee;
  ZVONOK_ASSERT(act.by == call.party(role).device);
  Party& me = call.party(role);
  Party& peer = call.peer_of(role);
  switch (action) {
    case CallAction::kForwardIce:
      return out.add(DeliverIce{peer.device, act.payload});
    case CallAction::kRenegotiate:
      if (peer.offers_to_answer < std::numeric_limits<std::uint16_t>::max()) ++peer.offers_to_answer;
      return out.add(DeliverOffer{peer.device, act.by, act.payload});
    case CallAction::kForwardAnswer:
      if (me.offers_to_answer == 0) return out.add(MessageDropped{act.by, Drop::kNotNow});
      --me.offers_to_answer;
      return out.add(DeliverAnswer{peer.device, act.payload});
    default:
      ZVONOK_UNREACHABLE("an action of another state");
  }
}

void Calls::reoffer(Call& call, const Act& act, base::MonoTime now, Effects& out) {
  const auto& caller = presence_.user(call.caller.user).name;
  if (!limits_.try_reoffer(caller, presence_.user(call.callee.user).name, now)) {
    return out.add(OfferRefused{act.by, Refusal::kRateLimited});
  }
  call.ring->reoffer(act.by, act.payload, out);
}

void Calls::join_ring(CallId id, Call& call, DeviceId device, Effects& out) {
  presence_.device(device).ring = id;
  call.ring->join(device, out, call.caller.device);
}

void Calls::leave_ring(CallId id, Call& call, const Act& act, base::MonoTime now, Effects& out) {
  presence_.leave_ring(act.by);
  call.ring->leave(act.by, call.caller.device, out);
  if (act.event == CallEvent::kCalleeLeaves) call.ring->note_busy();
  if (call.ring->empty()) apply(id, {CallEvent::kRingEmptied, {}}, now, out);
}

void Calls::accept(CallId id, Call& call, const Act& act, base::MonoTime now, Effects& out) {
  // The commit of an answer ends the call that its user carries on another device: one call per user.
  if (const CallId other = presence_.user(call.callee.user).call) {
    const Call& left = calls_.at(other);
    const bool calls_out = left.caller.user == call.callee.user;
    leave(other, calls_out ? left.caller.device : left.callee.device, {}, now, out);
  }
  call.state = cell_of(call.state, act.event).next;
  call.callee.device = act.by;
  call.answered = now;
  ring_deadlines_.erase({call.ring_until, id});
  User& callee = presence_.user(call.callee.user);
  callee.ring = {};
  callee.call = id;
  presence_.device(act.by).call = id;
  out.add(DeliverAnswer{call.caller.device, act.payload});
  call.ring->hand_over_kept_ice(act.by, call.caller.device, out);
  for (const RungDevice& rung : call.ring->devices()) {
    presence_.leave_ring(rung.id);
    if (rung.id != act.by) out.add(DeliverHangup{rung.id});
  }
  call.ring.reset();
  out.add(CallAnswered{id, now - call.began});
}

void Calls::leave(CallId id, DeviceId carrier, DeviceId spared, base::MonoTime now, Effects& out) {
  const bool is_caller = calls_.at(id).caller.device == carrier;
  const CallEvent event = is_caller ? CallEvent::kCallerLeaves : CallEvent::kCalleeLeaves;
  const CallCell& cell = cell_of(calls_.at(id).state, event);
  ZVONOK_ASSERT(cell.action == CallAction::kEnd);
  end(id, cell.reason, {event, spared}, now, out);
}

void Calls::end(CallId id, EndReason reason, const Act& act, base::MonoTime now, Effects& out) {
  Call& call = calls_.at(id);
  const auto release = [&](DeviceId device) {
    if (device != act.by) out.add(DeliverHangup{device});
  };
  release(call.caller.device);
  presence_.leave_call(call.caller.device);
  presence_.user(call.caller.user).call = {};
  const bool answered = call.state != CallState::kRinging;
  if (answered) {
    release(call.callee.device);
    presence_.leave_call(call.callee.device);
    presence_.user(call.callee.user).call = {};
  } else {
    if (act.event == CallEvent::kRingEmptied && call.ring->somebody_was_busy()) reason = EndReason::kBusy;
    for (const RungDevice& rung : call.ring->devices()) {
      release(rung.id);
      presence_.leave_ring(rung.id);
    }
    presence_.user(call.callee.user).ring = {};
    ring_deadlines_.erase({call.ring_until, id});
    if (reason != EndReason::kCancelled) {
      limits_.remember_ended(presence_.user(call.caller.user).name, presence_.user(call.callee.user).name,
                             call.ring->offer(), now);
    }
  }
  const base::MonoTime rang_until = answered ? call.answered : now;
  out.add(CallEnded{id, reason, answered, rang_until - call.began,
                    answered ? now - call.answered : base::Duration{0}});
  calls_.erase(id);
}

void Calls::end_all(base::MonoTime now, Effects& out) {
  std::vector<CallId> live;
  calls_.for_each([&](CallId id, Call&) { live.push_back(id); });
  for (const CallId id : live) apply(id, {CallEvent::kShutdown, {}}, now, out);
}

void Calls::on_time(base::MonoTime now, Effects& out) {
  while (next_deadline() <= now) {
    const CallId call = ring_deadlines_.begin()->second;
    ring_deadlines_.erase(ring_deadlines_.begin());
    apply(call, {CallEvent::kRingTimeout, {}}, now, out);
  }
}

}  // namespace zvonok::core
