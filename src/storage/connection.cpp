#include "storage/connection.hpp"

#include <fcntl.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "storage/database_error.hpp"

namespace zvonok::storage {
namespace {

// How long a statement waits for another process's transaction. Ours are short; the thread above tries again.
constexpr int kBusyMs = 200;

// How many pages an online backup copies while it keeps writers out.
constexpr int kBackupPages = 256;
constexpr int kBackupTriesMax = 500;
constexpr int kBackupPauseMs = 10;

std::string sqlite_parameters(const std::string& file) {
  // SOCI splits at blanks but within quotes, and knows no escapes.
  if (file.find('"') != std::string::npos)
    throw DatabaseError(DatabaseError::Kind::kOther, "the path of the database has a quotation mark in it");
  return "db=\"" + file + "\"";
}

DatabaseError unreadable_url() {
  return {DatabaseError::Kind::kOther,
          "database_url cannot be read: it must be like postgresql://USER:PASSWORD@HOST/NAME, with %XX for "
          "what is special in a URL"};
}

// How long PostgreSQL may be silent: while it is connected to, and before what was sent is taken. Without
// these a network that swallows packets would keep the thread for minutes. Whoever sets them in the URL knows
// better.
std::string postgresql_parameters(const std::string& url) {
  char* problem = nullptr;
  PQconninfoOption* const options = PQconninfoParse(url.c_str(), &problem);
  PQfreemem(problem);  // it quotes the URL, with the password
  if (options == nullptr) throw unreadable_url();
  const bool is_url = url.starts_with("postgresql://") || url.starts_with("postgres://");
  std::string parameters = url;
  bool is_misread = false;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    const std::string_view name = option->keyword;
    // A password with @ or / in it: the rest of it would be said to be a host, or a database, that is not
    // there.
    if (option->val != nullptr && (name == "host" || name == "dbname"))
      is_misread = is_misread || std::string_view(option->val).find('@', 1) != std::string_view::npos;
    const std::string_view value = name == "connect_timeout" ? "3" : name == "tcp_user_timeout" ? "4000" : "";
    if (value.empty() || option->val != nullptr) continue;
    parameters += is_url ? (parameters.find('?') == std::string::npos ? '?' : '&') : ' ';
    parameters += std::string(name) + '=' + std::string(value);
  }
  PQconninfoFree(options);
  if (is_misread) throw unreadable_url();
  return parameters;
}

sqlite_api::sqlite3* handle_of(soci::session& sql) {
  return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
}

// SQLite's online backup: `to` becomes what `from` is, in one transaction, while others go on reading and
// writing.
void copy_pages(sqlite_api::sqlite3* from, sqlite_api::sqlite3* to) {
  auto* backup = sqlite_api::sqlite3_backup_init(to, "main", from, "main");
  if (backup == nullptr) throw DatabaseError(DatabaseError::Kind::kOther, sqlite_api::sqlite3_errmsg(to));
  int result = SQLITE_OK;
  for (int tries = 0; tries < kBackupTriesMax;) {
    result = sqlite_api::sqlite3_backup_step(backup, kBackupPages);
    if (result == SQLITE_OK) continue;
    if (result != SQLITE_BUSY && result != SQLITE_LOCKED) break;
    ++tries;
    sqlite_api::sqlite3_sleep(kBackupPauseMs);
  }
  const int ended = sqlite_api::sqlite3_backup_finish(backup);
  if (result != SQLITE_DONE || ended != SQLITE_OK)
    throw DatabaseError(DatabaseError::Kind::kOther, sqlite_api::sqlite3_errmsg(to));
}

}  // namespace

Connection::Connection(DatabaseSettings settings) : settings_(std::move(settings)) {}

Connection::~Connection() {
  let_go_of_socket();
}

void Connection::open() {
  if (session_) return;
  try {
    auto session =
        engine() == Engine::kSqlite
            ? std::make_unique<soci::session>(*soci::factory_sqlite3(),
                                              sqlite_parameters(settings_.sqlite_file))
            : std::make_unique<soci::session>(*soci::factory_postgresql(),
                                              postgresql_parameters(settings_.postgresql_url.reveal()));
    session_ = std::move(session);
    keep_socket();
    engine() == Engine::kSqlite ? set_up_sqlite() : set_up_postgresql();
  } catch (...) {
    close();
    rethrow_as_database_error();
  }
}

void Connection::close() noexcept {
  let_go_of_socket();
  try {
    session_.reset();
  } catch (...) {  // NOLINT(bugprone-empty-catch): it is gone in any case
  }
}

void Connection::keep_socket() noexcept {
  if (engine() != Engine::kPostgresql) return;
  const auto* backend = static_cast<soci::postgresql_session_backend*>(session_->get_backend());
  const std::scoped_lock lock(mutex_);
  socket_ = ::fcntl(PQsocket(backend->conn_), F_DUPFD_CLOEXEC, 0);
}

void Connection::let_go_of_socket() noexcept {
  const std::scoped_lock lock(mutex_);
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void Connection::cut() noexcept {
  const std::scoped_lock lock(mutex_);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

void Connection::set_up_sqlite() {
  sqlite_api::sqlite3_busy_timeout(handle_of(*session_), kBusyMs);
  std::string mode;
  *session_ << "PRAGMA journal_mode = WAL", soci::into(mode);
  if (mode != "wal")
    throw DatabaseError(DatabaseError::Kind::kOther,
                        "the file system of the database takes no write-ahead log (WAL)");
  *session_ << (settings_.sync == Sync::kFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  // What was erased is overwritten, so that erasing a person is true of the file as well.
  *session_ << "PRAGMA secure_delete = ON";
}

void Connection::set_up_postgresql() {
  std::string encoding;
  *session_ << "SHOW server_encoding", soci::into(encoding);
  if (encoding != "UTF8")
    throw DatabaseError(DatabaseError::Kind::kOther,
                        "the encoding of the database is " + encoding +
                            ", and names need UTF8: make one by CREATE DATABASE … ENCODING 'UTF8' TEMPLATE "
                            "template0");
  *session_ << "SET client_encoding = 'UTF8'";
  *session_ << "SET client_min_messages = error";  // others go to standard error, past the log
  *session_ << "SET search_path = zvonok";
  // A server that was cut off in a transaction must not keep others waiting for ever.
  *session_ << "SET lock_timeout = '2s'";
  *session_ << "SET statement_timeout = '4s'";
  *session_ << "SET idle_in_transaction_session_timeout = '10s'";
  // One that lost its network must not keep the lock below for hours. On a socket of the machine they mean
  // nothing.
  *session_ << "SET tcp_keepalives_idle = 10";
  *session_ << "SET tcp_keepalives_interval = 5";
  *session_ << "SET tcp_keepalives_count = 3";
  if (!settings_.exclusive) return;
  int taken = 0;
  *session_ << "SELECT CASE WHEN pg_try_advisory_lock(7811530002) THEN 1 ELSE 0 END", soci::into(taken);
  if (taken == 0)
    throw DatabaseError(DatabaseError::Kind::kBusy, "another zvonok uses this database: stop that one first");
}

void Connection::commit() {
  try {
    *session_ << "COMMIT";
  } catch (...) {
    if (engine() == Engine::kSqlite) throw;
    try {
      rethrow_as_database_error();
    } catch (const DatabaseError& error) {
      const bool lost = error.kind() == DatabaseError::Kind::kLost;
      throw DatabaseError(lost ? DatabaseError::Kind::kUncertain : error.kind(), error.what());
    }
  }
}

void Connection::in_transaction(const std::function<void()>& work) {
  try {
    // Who means to write says so at once: a reader that becomes a writer halfway is refused by SQLite when
    // another was faster.
    *session_ << (engine() == Engine::kSqlite ? "BEGIN IMMEDIATE" : "BEGIN ISOLATION LEVEL SERIALIZABLE");
    try {
      work();
      commit();
    } catch (...) {
      try {
        *session_ << "ROLLBACK";
      } catch (const soci::soci_error&) {
        close();  // in what state it is, nobody knows
      }
      throw;
    }
  } catch (...) {
    rethrow_as_database_error();
  }
}

void Connection::back_up_to(const std::string& file) {
  try {
    soci::session target(*soci::factory_sqlite3(), sqlite_parameters(file));
    copy_pages(handle_of(*session_), handle_of(target));
    // One plain file, whoever reads it.
    std::string mode;
    target << "PRAGMA journal_mode = DELETE", soci::into(mode);
  } catch (...) {
    rethrow_as_database_error();
  }
}

void Connection::restore_from(const std::string& file) {
  try {
    soci::session source(*soci::factory_sqlite3(), sqlite_parameters(file));
    copy_pages(handle_of(source), handle_of(*session_));
  } catch (...) {
    rethrow_as_database_error();
  }
}

void Connection::empty_log() {
  try {
    std::string row;
    *session_ << "PRAGMA wal_checkpoint(TRUNCATE)", soci::into(row);
  } catch (...) {
    rethrow_as_database_error();
  }
}

std::string Connection::integrity_problem() {
  try {
    std::string verdict;
    *session_ << "PRAGMA integrity_check(1)", soci::into(verdict);
    return verdict == "ok" ? std::string() : verdict;
  } catch (...) {
    rethrow_as_database_error();
  }
}

}  // namespace zvonok::storage
