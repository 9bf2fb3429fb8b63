#include "accounts/token_profiles.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace zvonok::accounts {
namespace {

using ports::AccountRows;
using ports::Identity;

std::size_t hash_of(const Identity& identity) {
  constexpr std::size_t kOdd = 0x9E3779B97F4A7C15U;
  const std::hash<std::string> hash;
  return hash(identity.name) * kOdd + hash(identity.picture);
}

}  // namespace

void TokenProfiles::note(const Identity& identity, base::WallTime now) {
  const auto hash = hash_of(identity);
  if (const auto known = known_.find(identity.user); known != known_.end() && known->second == hash) return;
  if (waiting_.size() >= kWaitingMax) return metrics_.add(ports::Counter::kProfilesDropped);
  if (known_.size() >= kKnownMax) known_.clear();
  known_[identity.user] = hash;
  // Claims that are no good are as good as none: the token is good all the same.
  waiting_[identity.user] = {claims_of(identity), now};
  if (!writing_) write();
}

void TokenProfiles::write() {
  using Batch = std::vector<std::pair<std::string, Said>>;
  auto batch = std::make_shared<Batch>();
  while (!waiting_.empty() && batch->size() < kAtOnceMax) {
    auto node = waiting_.extract(waiting_.begin());
    batch->emplace_back(std::move(node.key()), std::move(node.mapped()));
  }
  if (batch->empty()) return;
  writing_ = true;
  const auto rule = [batch](AccountRows& rows) {
    for (const auto& [id, said] : *batch) change_user(rows, id, said.claims, said.at);
  };
  store_.transact(rule, [this, batch](const base::Result<void, ports::StoreError>& kept) {
    writing_ = false;
    if (!kept) {
      metrics_.add(ports::Counter::kProfilesDropped, 0, batch->size());
      for (const auto& [id, said] : *batch) known_.erase(id);  // their next token is another try
    }
    write();
  });
}

}  // namespace zvonok::accounts
