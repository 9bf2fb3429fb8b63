// One open database: SOCI's session, and what differs between the engines in opening one and in beginning a
// transaction.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "storage/engine.hpp"

namespace soci {
class session;
}

namespace zvonok::storage {

/// One thread at a time, but for `cut`. Everything here throws DatabaseError.
class Connection {
 public:
  explicit Connection(DatabaseSettings settings);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Opens it, if it is not open.
  void open();
  void close() noexcept;
  /// Any thread. PostgreSQL: whatever waits for an answer fails at once, as if the network were gone.
  void cut() noexcept;
  bool is_open() const { return session_ != nullptr; }

  soci::session& sql() { return *session_; }
  Engine engine() const { return settings_.engine(); }
  const DatabaseSettings& settings() const { return settings_; }

  /// Runs `work` within a transaction that alone may write: kept as a whole, or not at all.
  void in_transaction(const std::function<void()>& work);

  /// Copies a SQLite database into a file, while others read and write it.
  void back_up_to(const std::string& file);
  /// Makes a SQLite database what that file is, in one transaction.
  void restore_from(const std::string& file);
  /// Writes SQLite's log into its file, so that what was erased is in neither.
  void empty_log();
  /// What SQLite's own check finds; empty: all is well.
  std::string integrity_problem();

 private:
  void set_up_sqlite();
  void set_up_postgresql();
  void commit();
  void keep_socket() noexcept;
  void let_go_of_socket() noexcept;

  const DatabaseSettings settings_;
  std::unique_ptr<soci::session> session_;
  std::mutex mutex_;
  int socket_ = -1;  // behind mutex_: a second descriptor of PostgreSQL's, so that it is ours while we cut it
};

}  // namespace zvonok::storage
