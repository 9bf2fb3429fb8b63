// How often a user may ring others, and one other in particular; and what counts as a mere repeat of an offer
// whose call has just ended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.hpp"
#include "base/token_bucket.hpp"

namespace zvonok::core {

struct OfferRates {
  base::Rate caller;          // new calls of one user
  base::Rate pair;            // rings of one user by one other …
  base::Rate pair_long_term;  // … and over an hour
};

class OfferLimits {
 public:
  explicit OfferLimits(const OfferRates& rates) : rates_(rates) {}

  /// Takes from the caller's and from the pair's buckets, or from none if one of them is empty.
  bool try_new_call(std::string_view caller, std::string_view callee, base::MonoTime now);
  /// For a repeat of the offer while it rings.
  bool try_reoffer(std::string_view caller, std::string_view callee, base::MonoTime now);

  /// Remembers the offer of a call that was not ended by its caller. A client that repeats its offer until
  /// something happens has the next repeat already on its way then; without this the callee, who has just
  /// declined, is rung again.
  void remember_ended(std::string_view caller, std::string_view callee, std::string_view offer,
                      base::MonoTime now);
  /// Whether this offer is such a repeat: the same bytes within a second. A person who calls again has a new
  /// SDP.
  bool is_repeat(std::string_view caller, std::string_view callee, std::string_view offer,
                 base::MonoTime now) const;

  /// When `forget_full` has something to do again; kNever when nothing is remembered.
  base::MonoTime next_deadline() const { return next_sweep_; }
  /// Forgets what no longer says anything: full buckets, old repeats.
  void forget_full(base::MonoTime now);

  std::size_t size() const { return callers_.size() + pairs_.size(); }

 private:
  struct Pair {
    base::TokenBucket short_term, long_term;
    std::size_t ended_offer_hash = 0;
    base::MonoTime ended_offer_until = base::MonoTime::min();
  };
  Pair& pair(std::string_view caller, std::string_view callee, base::MonoTime now);

  // Given to us.
  const OfferRates rates_;
  // State. Keys of pairs are "caller NUL callee": no user id holds U+0000.
  std::unordered_map<std::string, base::TokenBucket> callers_;
  std::unordered_map<std::string, Pair> pairs_;
  base::MonoTime next_sweep_ = base::kNever;
};

}  // namespace zvonok::core
