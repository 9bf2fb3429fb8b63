// Transactions on AccountRows, run elsewhere while the loop goes on. Implemented by src/storage.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "ports/account_rows.hpp"

namespace zvonok::ports {

enum class StoreError : std::uint8_t {
  kUnavailable,  // locked, full, gone or overrun: nothing was written; trying again later may help
};

/// Called from the event loop's thread only.
class AccountStore {
 public:
  using Rule = std::function<void(AccountRows&)>;
  using Done = std::function<void(base::Result<void, StoreError>)>;

  virtual ~AccountStore() = default;

  /// Runs `rule` in a transaction on the store's thread, and `done` on the loop's once all of it is kept, or
  /// nothing. The rule may run more than once, so all its results come from its last run, and chance and
  /// clock from outside. kUnavailable comes within kWaitMax; until then the store tries again.
  virtual void transact(Rule rule, Done done) = 0;

  /// A person waits for it, and clients give up soon after.
  static constexpr base::Duration kWaitMax{4'000};
};

/// The same for a rule with a result.
template <class T>
void transact(AccountStore& store, std::function<T(AccountRows&)> rule,
              std::function<void(base::Result<T, StoreError>)> done) {
  auto result = std::make_shared<std::optional<T>>();
  store.transact([result, rule = std::move(rule)](AccountRows& rows) { result->emplace(rule(rows)); },
                 [result, done = std::move(done)](const base::Result<void, StoreError>& kept) {
                   if (!kept) return done(base::Unexpected{kept.error()});
                   done(std::move(**result));
                 });
}

}  // namespace zvonok::ports
