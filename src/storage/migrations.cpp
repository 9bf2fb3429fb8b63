#include "storage/migrations.hpp"

#include <soci/soci.h>

#include <memory>
#include <utility>

#include "storage/database_error.hpp"

namespace zvonok::storage {
namespace {

// Text and integers alone mean the same to both engines. Times are milliseconds since 1970.
const std::vector<Migration>& list() {
  static const std::vector<Migration> kList{
      // 1: people, and how they log in
      {
          R"(CREATE TABLE users (
               id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, avatar TEXT NOT NULL,
               phone TEXT UNIQUE, email TEXT UNIQUE, created_at BIGINT NOT NULL))",
          R"(CREATE TABLE login_states (
               address TEXT PRIMARY KEY, code_hash TEXT NOT NULL, code_sent BIGINT NOT NULL,
               code_expires_at BIGINT NOT NULL, code_tries BIGINT NOT NULL, asked_at TEXT NOT NULL,
               last_asked_at BIGINT NOT NULL, tries_full_at BIGINT NOT NULL))",
          "CREATE INDEX login_states_by_age ON login_states (last_asked_at)",
          "CREATE TABLE login_messages (sent_at BIGINT NOT NULL)",
          "CREATE INDEX login_messages_by_age ON login_messages (sent_at)",
          R"(CREATE TABLE invites (
               token_hash TEXT PRIMARY KEY, expires_at BIGINT NOT NULL, used_at BIGINT,
               used_by TEXT NOT NULL, messages BIGINT NOT NULL))",
          R"(CREATE TABLE login_sessions (
               id TEXT PRIMARY KEY, user_id TEXT NOT NULL, n BIGINT NOT NULL, device TEXT NOT NULL,
               rotated_at BIGINT NOT NULL, created_at BIGINT NOT NULL, ended_at BIGINT))",
          "CREATE INDEX login_sessions_by_user ON login_sessions (user_id)",
          "CREATE INDEX login_sessions_by_end ON login_sessions (ended_at)",
          "CREATE INDEX login_sessions_by_age ON login_sessions (rotated_at)",
      },
  };
  return kList;
}

/// PostgreSQL: keeps others that migrate out while what it returns lives. SQLite needs none: a transaction
/// alone may write. Not in the transaction itself, since what it waited for would be younger than what it
/// sees.
std::unique_ptr<Connection> take_lock(const Connection& connection) {
  if (connection.engine() == Engine::kSqlite) return nullptr;
  auto settings = connection.settings();
  settings.exclusive = false;
  auto guard = std::make_unique<Connection>(std::move(settings));
  guard->open();
  // As long as the steps of another may take.
  guard->sql() << "SET statement_timeout = 0";
  guard->sql() << "SET lock_timeout = '60s'";
  // The number is our own, for nothing else.
  guard->sql() << "SELECT pg_advisory_lock(7811530001)";
  return guard;
}

bool is_any(Connection& connection, const std::string& rows) {
  long long count = 0;
  connection.sql() << "SELECT COUNT(*) FROM " + rows, soci::into(count);
  return count > 0;
}

bool has_version_table(Connection& connection) {
  if (connection.engine() == Engine::kSqlite)
    return is_any(connection, "sqlite_master WHERE type = 'table' AND name = 'schema_version'");
  return is_any(connection, "pg_tables WHERE schemaname = 'zvonok' AND tablename = 'schema_version'");
}

void make_version_table(Connection& connection) {
  if (has_version_table(connection)) return;
  // Looked for first, since IF NOT EXISTS wants the right to make one all the same.
  if (connection.engine() == Engine::kPostgresql &&
      !is_any(connection, "pg_namespace WHERE nspname = 'zvonok'"))
    connection.sql() << "CREATE SCHEMA zvonok";
  connection.sql() << "CREATE TABLE schema_version (version BIGINT NOT NULL)";
}

void take_step(Connection& connection, const Migration& step, std::size_t number) {
  connection.in_transaction([&] {
    auto& sql = connection.sql();
    if (connection.engine() == Engine::kPostgresql) sql << "SET LOCAL statement_timeout = 0";
    make_version_table(connection);
    // Another program may have been faster.
    if (static_cast<std::size_t>(schema_version(connection)) >= number) return;
    for (const auto statement : step) sql << std::string(statement);
    sql << "DELETE FROM schema_version";
    const auto version = static_cast<long long>(number);
    sql << "INSERT INTO schema_version (version) VALUES (:version)", soci::use(version, "version");
  });
}

std::string newer_than_known(std::size_t version, std::size_t known) {
  return "the database has version " + std::to_string(version) + " and this zvonok knows up to " +
         std::to_string(known) + ": start the newer zvonok that wrote it, or restore a backup of before";
}

}  // namespace

std::span<const Migration> migrations() {
  return list();
}

int schema_version(Connection& connection) {
  try {
    if (!has_version_table(connection)) return 0;
    long long version = 0;
    connection.sql() << "SELECT COALESCE(MAX(version), 0) FROM schema_version", soci::into(version);
    return static_cast<int>(version);
  } catch (...) {
    rethrow_as_database_error();
  }
}

void migrate(Connection& connection, std::span<const Migration> steps,
             const std::function<void(int)>& before) {
  try {
    const auto known = steps.size();
    if (static_cast<std::size_t>(schema_version(connection)) == known) return;
    const auto lock = take_lock(connection);
    const auto found = static_cast<std::size_t>(schema_version(connection));
    if (found > known) throw DatabaseError(DatabaseError::Kind::kOther, newer_than_known(found, known));
    if (found > 0 && found < known) before(static_cast<int>(found));
    for (auto step = found; step < known; ++step) take_step(connection, steps[step], step + 1);
  } catch (...) {
    rethrow_as_database_error();
  }
}

}  // namespace zvonok::storage
