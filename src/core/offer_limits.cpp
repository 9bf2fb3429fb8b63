#include "core/offer_limits.hpp"

#include <functional>

namespace zvonok::core {
namespace {

constexpr base::Duration kRepeatMemory{
    1000};  // a client's repeat that crossed our hangup arrives within a round trip
// Longer keeps what is full a little longer in memory, shorter walks the tables more often.
constexpr base::Duration kSweepInterval{60'000};

std::string pair_key(std::string_view caller, std::string_view callee) {
  std::string key;
  key.reserve(caller.size() + 1 + callee.size());
  key.append(caller).append(1, '\0').append(callee);
  return key;
}

}  // namespace

OfferLimits::Pair& OfferLimits::pair(std::string_view caller, std::string_view callee, base::MonoTime now) {
  if (next_sweep_ == base::kNever) next_sweep_ = now + kSweepInterval;
  return pairs_[pair_key(caller, callee)];
}

bool OfferLimits::try_new_call(std::string_view caller, std::string_view callee, base::MonoTime now) {
  base::TokenBucket& own = callers_[std::string(caller)];
  const base::Duration none{0};
  // Before the pair is looked up: who has used up their own bucket must not fill the table with invented
  // names.
  if (own.wait(rates_.caller, now) > none) return false;
  Pair& both = pair(caller, callee, now);
  if (both.short_term.wait(rates_.pair, now) > none ||
      both.long_term.wait(rates_.pair_long_term, now) > none) {
    return false;
  }
  own.take(rates_.caller, now);
  both.short_term.take(rates_.pair, now);
  both.long_term.take(rates_.pair_long_term, now);
  return true;
}

bool OfferLimits::try_reoffer(std::string_view caller, std::string_view callee, base::MonoTime now) {
  Pair& both = pair(caller, callee, now);
  const base::Duration none{0};
  if (both.short_term.wait(rates_.pair, now) > none ||
      both.long_term.wait(rates_.pair_long_term, now) > none) {
    return false;
  }
  both.short_term.take(rates_.pair, now);
  both.long_term.take(rates_.pair_long_term, now);
  return true;
}

void OfferLimits::remember_ended(std::string_view caller, std::string_view callee, std::string_view offer,
                                 base::MonoTime now) {
  Pair& both = pair(caller, callee, now);
  both.ended_offer_hash = std::hash<std::string_view>{}(offer);
  both.ended_offer_until = now + kRepeatMemory;
}

bool OfferLimits::is_repeat(std::string_view caller, std::string_view callee, std::string_view offer,
                            base::MonoTime now) const {
  const auto found = pairs_.find(pair_key(caller, callee));
  return found != pairs_.end() && now < found->second.ended_offer_until &&
         found->second.ended_offer_hash == std::hash<std::string_view>{}(offer);
}

void OfferLimits::forget_full(base::MonoTime now) {
  if (now < next_sweep_) return;
  std::erase_if(callers_, [&](const auto& entry) { return entry.second.is_full(now); });
  std::erase_if(pairs_, [&](const auto& entry) {
    const Pair& p = entry.second;
    return p.short_term.is_full(now) && p.long_term.is_full(now) && p.ended_offer_until <= now;
  });
  next_sweep_ = size() == 0 ? base::kNever : now + kSweepInterval;
}

}  // namespace zvonok::core
