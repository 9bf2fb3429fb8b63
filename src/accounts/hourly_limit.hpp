// At most so many in any hour, exactly: for what costs money.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <unordered_map>

#include "base/time.hpp"

namespace zvonok::accounts {

class HourlyLimit {
 public:
  explicit HourlyLimit(std::size_t at_most) : at_most_(at_most) {}

  /// Takes a place if one is free.
  bool try_take(base::MonoTime now) {
    if (is_full(now)) return false;
    taken_.push_back(now);
    return true;
  }
  bool is_full(base::MonoTime now) {
    forget(now);
    return taken_.size() >= at_most_;
  }
  /// Gives back a place that was taken at that time.
  void give_back(base::MonoTime at) {
    for (auto i = taken_.begin(); i != taken_.end(); ++i) {
      if (*i != at) continue;
      taken_.erase(i);
      return;
    }
  }
  bool is_empty(base::MonoTime now) const { return taken_.empty() || taken_.back() <= now - base::hours(1); }

 private:
  void forget(base::MonoTime now) {
    while (!taken_.empty() && taken_.front() <= now - base::hours(1)) taken_.pop_front();
  }

  std::size_t at_most_;
  std::deque<base::MonoTime> taken_;
};

/// One such limit for each key; those with nothing to remember are forgotten. Keys beyond kKeysMax are not
/// remembered, and not limited: against whoever has so many it is of no use.
template <class Key>
class HourlyLimits {
 public:
  explicit HourlyLimits(std::size_t at_most) : at_most_(at_most) {}

  bool try_take(const Key& key, base::MonoTime now) {
    if (limits_.size() >= forget_at_ && (limits_.size() < kKeysMax || now >= full_until_)) {
      std::erase_if(limits_, [now](const auto& entry) { return entry.second.is_empty(now); });
      forget_at_ = std::clamp(2 * limits_.size(), kForgetAtMin, kKeysMax);
      full_until_ = now + kLookedThroughEvery;
    }
    if (limits_.size() >= kKeysMax && !limits_.contains(key)) return true;
    return limits_.try_emplace(key, at_most_).first->second.try_take(now);
  }
  void give_back(const Key& key, base::MonoTime at) {
    if (const auto found = limits_.find(key); found != limits_.end()) found->second.give_back(at);
  }
  std::size_t remembered() const { return limits_.size(); }

  // About 10 MB.
  static constexpr std::size_t kKeysMax = 16'384;

 private:
  static constexpr std::size_t kForgetAtMin = 1'024;
  // A full one: that takes a millisecond.
  static constexpr base::Duration kLookedThroughEvery = base::minutes(1);

  const std::size_t at_most_;
  std::unordered_map<Key, HourlyLimit> limits_;
  std::size_t forget_at_ = kForgetAtMin;
  base::MonoTime full_until_{};
};

}  // namespace zvonok::accounts
