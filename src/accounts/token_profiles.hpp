// Keeps what tokens say of their bearers: at a server beside somebody else's login, users are known by
// nothing else. Never in the way of a connection: written behind, together, and not at all while the store is
// sick.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "accounts/profiles.hpp"
#include "base/time.hpp"
#include "ports/account_store.hpp"
#include "ports/metrics_sink.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::accounts {

/// The loop's thread. Lives longer than what is under way in its store.
class TokenProfiles {
 public:
  TokenProfiles(ports::AccountStore& store, ports::MetricsSink& metrics) : store_(store), metrics_(metrics) {}

  /// A token was accepted. Does nothing if it says what is known already.
  void note(const ports::Identity& identity, base::WallTime now);

  // What one transaction takes; a few milliseconds' worth.
  static constexpr std::size_t kAtOnceMax = 500;
  // What waits for a store that is slow, at most 20 MB; more is dropped and counted.
  static constexpr std::size_t kWaitingMax = 10'000;
  // Of users whose row is known to be as their token says: eight bytes and an id each.
  static constexpr std::size_t kKnownMax = 50'000;

 private:
  struct Said {
    ProfileChange claims;
    base::WallTime at;
  };
  void write();

  // Given to us.
  ports::AccountStore& store_;
  ports::MetricsSink& metrics_;
  // State.
  std::unordered_map<std::string, std::size_t> known_;  // user to a hash of what the token said
  std::unordered_map<std::string, Said> waiting_;
  bool writing_ = false;
};

}  // namespace zvonok::accounts
