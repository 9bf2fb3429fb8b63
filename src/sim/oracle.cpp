#include "sim/oracle.hpp"

#include <algorithm>

namespace zvonok::sim {
namespace {

constexpr base::Duration kExpiredStay{5'000};
constexpr base::Duration kRepeat{1'000};

}  // namespace

bool Oracle::Call::rings(Seat s) const {
  return std::ranges::find(rung, s, &Rung::seat) != rung.end();
}

Oracle::Call* Oracle::call_of(Seat seat) {
  for (Call& call : calls_) {
    if (call.has_party(seat) || call.rings(seat)) return &call;
  }
  return nullptr;
}

Oracle::Call* Oracle::call_carried_by_user(int user) {
  for (Call& call : calls_) {
    if (user_of(call.caller) == user || (!call.ringing() && call.callee == user)) return &call;
  }
  return nullptr;
}

Oracle::Call* Oracle::call_ringing_user(int user) {
  for (Call& call : calls_) {
    if (call.ringing() && call.callee == user) return &call;
  }
  return nullptr;
}

// --- devices come and go ---

bool Oracle::connect(Seat seat, Seat closed, MonoTime now) {
  const int user = user_of(seat);
  std::size_t devices = 0;
  MonoTime oldest = base::kNever;
  for (Seat s = seat_of(user, 0); s < seat_of(user + 1, 0); ++s) {
    if (!here(s)) continue;
    ++devices;
    if (idle(s)) oldest = std::min(oldest, devices_[s].last_message);
  }
  if (devices >= settings_.devices_per_user) {
    if (oldest == base::kNever) return false;
    const bool allowed = closed != kNoSeat && user_of(closed) == user && here(closed) && idle(closed) &&
                         devices_[closed].last_message == oldest;
    if (allowed) close(closed, core::CloseCause::kTooManyDevices);  // else what really happened will differ
  }
  devices_[seat] = {.here = true, .last_message = now};
  if (Call* ring = call_ringing_user(user)) {
    ring->rung.push_back({seat});
    hear_ring(*ring, seat);
  }
  return true;
}

void Oracle::disconnect(Seat seat, MonoTime now) {
  if (Call* call = call_of(seat)) {
    if (call->rings(seat)) {
      leave_ring(*call, seat, false, now);
    } else {
      end(*call, call->ringing() ? core::EndReason::kCancelled : core::EndReason::kConnectionLost, seat, now);
    }
  }
  devices_[seat] = {};
}

void Oracle::token_expired(Seat seat, MonoTime) {
  if (idle(seat)) return close(seat, core::CloseCause::kTokenExpired);
  devices_[seat].expired = true;
}

void Oracle::close(Seat seat, core::CloseCause cause) {
  hear(What::kClosed, seat, static_cast<std::int64_t>(cause));
  devices_[seat] = {};
}

// A device that has just left a call or ring: with an expired token it has 5 s more.
void Oracle::settle(Seat seat, MonoTime now) {
  if (devices_[seat].expired && idle(seat)) devices_[seat].closes_at = now + kExpiredStay;
}

// --- the ring ---

void Oracle::hear_ring(const Call& call, Seat seat) {
  devices_[seat].closes_at = base::kNever;
  hear(What::kOffer, seat, call.offer, call.caller);
  for (const std::int64_t candidate : call.caller_ice) hear(What::kIce, seat, candidate);
}

// A payload is the digits of its number (World::write).
bool Oracle::fits(std::size_t& bytes, std::int64_t payload, Seat sender) {
  const std::size_t size = std::to_string(payload).size();
  if (bytes + size > settings_.calls.candidates.bytes)
    return drop(sender, core::Drop::kCandidatesFull), false;
  bytes += size;
  return true;
}

void Oracle::keep(std::vector<std::int64_t>& kept, std::int64_t payload, Seat sender) {
  kept.push_back(payload);
  if (kept.size() <= settings_.calls.candidates.kept) return;
  kept.erase(kept.begin());
  drop(sender, core::Drop::kCandidatesFull);
}

void Oracle::leave_ring(Call& call, Seat seat, bool since_busy, MonoTime now) {
  std::erase_if(call.rung, [&](const Rung& rung) { return rung.seat == seat; });
  call.somebody_busy = call.somebody_busy || since_busy;
  settle(seat, now);
  if (call.rung.empty()) {
    return end(call, call.somebody_busy ? core::EndReason::kBusy : core::EndReason::kUnreachable, kNoSeat,
               now);
  }
  if (call.rung.size() > 1) return;
  for (const std::int64_t candidate : call.rung[0].held) hear(What::kIce, call.caller, candidate);
  call.rung[0].held.clear();
}

void Oracle::accept(Call& chosen, Seat seat, std::int64_t payload, MonoTime now) {
  const std::int64_t number = chosen.number;
  if (Call* other = call_carried_by_user(user_of(seat))) {
    end(*other, other->ringing() ? core::EndReason::kCancelled : core::EndReason::kHangup, kNoSeat, now);
  }
  Call& call = *std::ranges::find(calls_, number, &Call::number);  // it moved when the other one went
  call.answerer = seat;
  call.answered = now;
  hear(What::kAnswer, call.caller, payload);
  const auto rung = std::exchange(call.rung, {});
  for (const Rung& r : rung) {
    if (r.seat == seat) {
      for (const std::int64_t candidate : r.held) hear(What::kIce, call.caller, candidate);
    } else {
      hear(What::kHangup, r.seat);
      settle(r.seat, now);
    }
  }
  expected_.push_back({.what = What::kAnswered, .a = number, .b = (now - call.began).count()});
}

void Oracle::end(Call& call, core::EndReason reason, Seat silent, MonoTime now) {
  const Call over = call;
  std::erase_if(calls_, [&](const Call& c) { return c.number == over.number; });
  std::vector<Seat> inside{over.caller};
  if (over.ringing()) {
    for (const Rung& rung : over.rung) inside.push_back(rung.seat);
    if (reason != core::EndReason::kCancelled) {
      ended_offers_[{user_of(over.caller), over.callee}] = {over.offer, now + kRepeat};
    }
  } else {
    inside.push_back(over.answerer);
  }
  for (const Seat seat : inside) {
    if (seat != silent) hear(What::kHangup, seat);
    settle(seat, now);
  }
  const MonoTime rang_until = over.ringing() ? now : over.answered;
  expected_.push_back({.what = What::kEnded,
                       .a = over.number,
                       .b = static_cast<std::int64_t>(reason),
                       .c = (rang_until - over.began).count(),
                       .d = over.ringing() ? 0 : (now - over.answered).count()});
}

// --- the four messages ---

void Oracle::answer(Seat seat, std::int64_t payload, MonoTime now) {
  devices_[seat].last_message = now;
  Call* call = call_of(seat);
  if (call == nullptr) return drop(seat, core::Drop::kNoCall);
  if (call->rings(seat)) return accept(*call, seat, payload, now);
  int& owed = seat == call->caller ? call->owed_by_caller : call->owed_by_answerer;
  if (call->ringing() || owed == 0) return drop(seat, core::Drop::kNotNow);
  --owed;
  hear(What::kAnswer, seat == call->caller ? call->answerer : call->caller, payload);
}

void Oracle::ice(Seat seat, std::int64_t payload, MonoTime now) {
  devices_[seat].last_message = now;
  Call* call = call_of(seat);
  if (call == nullptr) return drop(seat, core::Drop::kNoCall);
  if (!call->ringing())
    return hear(What::kIce, seat == call->caller ? call->answerer : call->caller, payload);
  if (seat == call->caller) {
    if (!fits(call->caller_ice_bytes, payload, seat)) return;
    for (const Rung& rung : call->rung) hear(What::kIce, rung.seat, payload);
    return keep(call->caller_ice, payload, seat);
  }
  Rung& rung = *std::ranges::find(call->rung, seat, &Rung::seat);
  if (rung.muted) return drop(seat, core::Drop::kNotNow);
  if (!fits(rung.ice_bytes, payload, seat)) return;
  if (call->rung.size() == 1) return hear(What::kIce, call->caller, payload);
  keep(rung.held, payload, seat);
}

void Oracle::hangup(Seat seat, MonoTime now) {
  devices_[seat].last_message = now;
  Call* call = call_of(seat);
  if (call == nullptr) return drop(seat, core::Drop::kNoCall);
  const bool cancels = call->ringing() && seat == call->caller;
  end(*call,
      !call->ringing() ? core::EndReason::kHangup
      : cancels        ? core::EndReason::kCancelled
                       : core::EndReason::kDeclined,
      seat, now);
}

void Oracle::offer(Seat seat, int target, std::int64_t payload, MonoTime now) {
  devices_[seat].last_message = now;
  if (Call* call = call_of(seat)) {
    const int other_side = seat == call->caller ? call->callee : user_of(call->caller);
    if (target == other_side) return offer_to_peer(*call, seat, payload, now);
    if (call->rings(seat)) leave_ring(*call, seat, true, now);
  }
  if (const auto why = refusal(seat, target, payload, now)) {
    expected_.push_back({.what = What::kRefused, .seat = seat, .a = static_cast<std::int64_t>(*why)});
    if (idle(seat)) hear(What::kHangup, seat);
    return;
  }
  std::vector<Rung> rung;
  for (Seat s = 0; s < kSeats; ++s) {
    if (here(s) && user_of(s) == target) rung.push_back({s});
  }
  const bool busy = call_carried_by_user(target) != nullptr || call_ringing_user(target) != nullptr;
  if (rung.empty() || busy) {
    const auto reason = rung.empty() ? core::EndReason::kUnreachable : core::EndReason::kBusy;
    expected_.push_back({.what = What::kEnded, .b = static_cast<std::int64_t>(reason)});
    if (idle(seat)) hear(What::kHangup, seat);
    return;
  }
  if (Call* present = call_of(seat)) {
    end(*present, present->ringing() ? core::EndReason::kCancelled : core::EndReason::kHangup, seat, now);
  }
  calls_.push_back({.number = ++last_call_,
                    .caller = seat,
                    .callee = target,
                    .began = now,
                    .offer = payload,
                    .rung = std::move(rung)});
  devices_[seat].closes_at = base::kNever;
  for (const Rung& r : calls_.back().rung) hear_ring(calls_.back(), r.seat);
  expected_.push_back(
      {.what = What::kRang, .a = last_call_, .b = static_cast<std::int64_t>(calls_.back().rung.size())});
}

void Oracle::offer_to_peer(Call& call, Seat seat, std::int64_t payload, MonoTime now) {
  if (!call.ringing()) {
    const bool by_caller = seat == call.caller;
    ++(by_caller ? call.owed_by_answerer : call.owed_by_caller);
    return hear(What::kOffer, by_caller ? call.answerer : call.caller, payload, seat);
  }
  if (seat == call.caller) {
    if (!spend_pair({user_of(seat), call.callee}, now)) {
      expected_.push_back({.what = What::kRefused,
                           .seat = seat,
                           .a = static_cast<std::int64_t>(core::Refusal::kRateLimited)});
      return;
    }
    call.offer = payload;
    for (const Rung& rung : call.rung) hear(What::kOffer, rung.seat, payload, seat);
    return;
  }
  Rung& rung = *std::ranges::find(call.rung, seat, &Rung::seat);  // glare
  if (std::exchange(rung.muted, true)) return drop(seat, core::Drop::kNotNow);
  rung.held.clear();
  hear(What::kHangup, seat);
  hear_ring(call, seat);
}

// --- refusals and rates ---

std::optional<core::Refusal> Oracle::refusal(Seat seat, int target, std::int64_t payload, MonoTime now) {
  const int user = user_of(seat);
  if (devices_[seat].expired) return core::Refusal::kTokenExpired;
  if (target == user) return core::Refusal::kSelfCall;
  if (const Call* carried = call_carried_by_user(user); carried != nullptr && !carried->has_party(seat)) {
    return core::Refusal::kInCall;
  }
  if (const auto ended = ended_offers_.find({user, target});
      ended != ended_offers_.end() && ended->second.first == payload && now < ended->second.second) {
    return core::Refusal::kRepeat;
  }
  Bucket& own = callers_[user];
  if (!has_token(own, settings_.offers.caller, now) || !spend_pair({user, target}, now)) {
    return core::Refusal::kRateLimited;
  }
  own.credit_us -= settings_.offers.caller.interval.count();
  return std::nullopt;
}

bool Oracle::has_token(Bucket& bucket, const base::Rate& rate, MonoTime now) const {
  const std::int64_t full = rate.burst * rate.interval.count();
  bucket.credit_us = bucket.credit_us < 0
                         ? full
                         : std::min(full, bucket.credit_us + base::Rate::Interval(now - bucket.seen).count());
  bucket.seen = now;
  return bucket.credit_us >= rate.interval.count();
}

bool Oracle::spend_pair(Pair pair, MonoTime now) {
  Bucket& minute = pairs_[pair];
  Bucket& hour = pairs_by_the_hour_[pair];
  // Both are looked at, so that both are brought up to date.
  const bool in_minute = has_token(minute, settings_.offers.pair, now);
  const bool in_hour = has_token(hour, settings_.offers.pair_long_term, now);
  if (!in_minute || !in_hour) return false;
  minute.credit_us -= settings_.offers.pair.interval.count();
  hour.credit_us -= settings_.offers.pair_long_term.interval.count();
  return true;
}

// --- time ---

void Oracle::on_time(MonoTime now) {
  std::vector<std::int64_t> silent;
  for (const Call& call : calls_) {
    if (call.ringing() && call.began + settings_.calls.ring_max <= now) silent.push_back(call.number);
  }
  for (const std::int64_t number : silent) {
    end(*std::ranges::find(calls_, number, &Call::number), core::EndReason::kNoAnswer, kNoSeat, now);
  }
  for (Seat seat = 0; seat < kSeats; ++seat) {
    if (devices_[seat].closes_at <= now) close(seat, core::CloseCause::kTokenExpired);
  }
}

void Oracle::shut_down(MonoTime now) {
  while (!calls_.empty()) end(calls_.back(), core::EndReason::kServerShutdown, kNoSeat, now);
}

}  // namespace zvonok::sim
