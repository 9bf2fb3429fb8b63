// The database on a thread of its own: takes transactions, tries again while it is locked or gone, and posts
// back what came of them. ports::AccountStore.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/account_store.hpp"
#include "storage/engine.hpp"

namespace zvonok::storage {

class Connection;

/// What the owner is told, on the thread that answers are posted to.
struct DatabaseEvents {
  /// The database does not answer, and why; once until it is well again. The text holds no password.
  std::function<void(const std::string& why)> sick;
  std::function<void()> well;
  /// A transaction was given up, or not even begun because too many wait.
  std::function<void()> given_up;
};

/// Called on one thread, the owner's, except where it says otherwise.
class Database final : public ports::AccountStore {
 public:
  using Post = std::function<void(std::function<void()>)>;

  /// Takes a migrated connection. `post` hands a function to the owner's thread. `wait_max`: how long a
  /// transaction is tried again.
  Database(std::unique_ptr<Connection> connection, Post post, DatabaseEvents events,
           base::Duration wait_max = kWaitMax);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  /// Ends after the transactions that wait, but takes no more time for them than kLastWordsMax, and cuts the
  /// connection of a PostgreSQL that stands still; their `done`s that have not been called are never called.
  ~Database() override;

  void transact(Rule rule, Done done) override;

  // More wait only for a database that stands still; each is some hundred bytes.
  static constexpr std::size_t kWaitingMax = 10'000;
  static constexpr base::Duration kLastWordsMax{2'000};
  // How much longer than it may take a transaction has taken when its connection is cut, by the next one that
  // comes. Statements that PostgreSQL works on end by themselves before.
  static constexpr base::Duration kStandsStillAfter{2'000};

 private:
  struct Job;

  void run();
  bool next(Job& job);
  void carry_out(Job& job);
  bool try_once(const Job& job);
  bool rest_a_moment();
  void give_up(Job& job);
  void answer(Job& job, base::Result<void, ports::StoreError> result);
  void note(const std::string& why);

  // Given to us.
  const Post post_;
  const DatabaseEvents events_;
  const base::Duration wait_max_;
  // Ours.
  std::unique_ptr<Connection> connection_;  // the thread's
  bool is_sick_ = false;                    // the thread's
  std::mutex mutex_;
  std::condition_variable wake_, ended_;
  std::deque<Job> waiting_;                   // behind mutex_
  std::optional<base::MonoTime> busy_since_;  // behind mutex_: with a transaction
  bool stopping_ = false;                     // behind mutex_
  bool has_ended_ = false;                    // behind mutex_: the thread
  base::MonoTime stop_by_;                    // behind mutex_
  std::thread thread_;
};

}  // namespace zvonok::storage
