// One rate for each user, for what a single one could do without end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/token_bucket.hpp"

namespace zvonok::http {

class UserRates {
 public:
  explicit UserRates(base::Rate rate) : rate_(rate) {}

  bool try_take(const std::string& user, base::MonoTime now) {
    if (buckets_.size() >= forget_at_) {
      // A full bucket has nothing to remember.
      std::erase_if(buckets_, [now](const auto& entry) { return entry.second.is_full(now); });
      forget_at_ = std::max<std::size_t>(kForgetAtMin, 2 * buckets_.size());
    }
    return buckets_[user].try_take(rate_, now);
  }
  /// Users whose rate is remembered.
  std::size_t remembered() const { return buckets_.size(); }

 private:
  static constexpr std::size_t kForgetAtMin = 1'024;

  const base::Rate rate_;
  std::unordered_map<std::string, base::TokenBucket> buckets_;
  std::size_t forget_at_ = kForgetAtMin;
};

}  // namespace zvonok::http
