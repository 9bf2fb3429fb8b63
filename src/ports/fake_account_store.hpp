// A store for tests: runs rules on rows in memory, at once or when it is told to. It can be sick, and it can
// run a rule twice, as a store does that was refused the first time. It keeps the promises of
// account_store_contract.hpp.
#pragma once

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

#include "ports/account_store.hpp"
#include "ports/memory_account_rows.hpp"

namespace zvonok::ports {

class FakeAccountStore final : public AccountStore {
 public:
  void transact(Rule rule, Done done) override {
    ++asked;
    Job job{std::move(rule), std::move(done)};
    if (answers_later_) {
      waiting_.push_back(std::move(job));
    } else {
      carry_out(job);
    }
  }

  /// From now on answers wait for `answer_waiting`, and their rules with them.
  void answer_later() { answers_later_ = true; }
  /// Answers what has waited so far, in order.
  void answer_waiting() {
    for (const auto& job : std::exchange(waiting_, {})) carry_out(job);
  }
  std::size_t waiting() const { return waiting_.size(); }

  /// From now on every transaction runs and then is not kept.
  void fall_sick() { is_sick_ = true; }
  void get_well() { is_sick_ = false; }
  /// From now on each rule runs twice, the first time for nothing.
  void run_twice() { runs_twice_ = true; }

  MemoryAccountRows rows;  // what is kept
  std::size_t asked = 0;

 private:
  struct Job {
    Rule rule;
    Done done;
  };

  void carry_out(const Job& job) {
    const bool kept = (!runs_twice_ || run(job.rule, Outcome::kRolledBack)) &&
                      run(job.rule, is_sick_ ? Outcome::kRolledBack : Outcome::kKept) && !is_sick_;
    if (kept) return job.done({});
    job.done(base::Unexpected{StoreError::kUnavailable});
  }

  enum class Outcome { kKept, kRolledBack };
  bool run(const Rule& rule, Outcome outcome) {
    auto draft = rows;
    try {
      rule(draft);
    } catch (const std::exception&) {
      return false;
    }
    if (outcome == Outcome::kKept) rows = std::move(draft);
    return true;
  }

  std::vector<Job> waiting_;
  bool answers_later_ = false, is_sick_ = false, runs_twice_ = false;
};

}  // namespace zvonok::ports
