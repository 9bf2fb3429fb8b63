#include "app/database.hpp"

#include <sys/stat.h>

#include <thread>

#include "net/clock.hpp"
#include "storage/database_error.hpp"
#include "storage/migrations.hpp"
#include "storage/schema_copy.hpp"

namespace zvonok::app {
namespace {

// A backup or an invitation beside us is done sooner.
constexpr base::Duration kPatience{5'000};
constexpr base::Duration kTryAgainAfter{100};

// What SOCI says first, everybody knows; what libpq says last are questions.
std::string in_one_line(std::string text) {
  constexpr std::string_view kFirst = "Cannot establish connection to the database.\n";
  if (text.starts_with(kFirst)) text.erase(0, kFirst.size());
  return text.substr(0, text.find('\n'));
}

std::string sentence(const storage::DatabaseSettings& database, const storage::DatabaseError& error) {
  const auto said = in_one_line(error.what());
  const bool is_busy = error.kind() == storage::DatabaseError::Kind::kBusy;
  if (is_busy && database.engine() == storage::Engine::kPostgresql) return "database_url: " + said;
  if (database.engine() == storage::Engine::kPostgresql)
    return "the database does not answer: " + said +
           "; see that PostgreSQL runs, that database_url is right, and that its user may create a schema";
  if (is_busy)
    return "another process has the database " + database.sqlite_file + " to itself: end that one first (" +
           said + ")";
  if (error.kind() == storage::DatabaseError::Kind::kFull)
    return "the disk of the database " + database.sqlite_file + " is full: free some space on it";
  return "the database " + database.sqlite_file + " cannot be used: " + said +
         "; see its owner and its disk, or restore a backup";
}

void keep_copy(storage::Connection& connection, int next_version) {
  const auto next = std::to_string(next_version);
  if (connection.engine() == storage::Engine::kSqlite)
    return connection.back_up_to(connection.settings().sqlite_file + ".before-version-" + next);
  const auto name = "zvonok_before_version_" + next;
  try {
    storage::copy_schema(connection, name);
  } catch (const storage::DatabaseError& error) {
    throw storage::DatabaseError(error.kind(), "before an update the tables are copied into the schema " +
                                                   name + ", which failed: " + error.what());
  }
}

}  // namespace

storage::DatabaseSettings database_settings(const Settings& settings, Use use) {
  return {.sqlite_file = settings.data_dir + "/zvonok.db",
          .postgresql_url = settings.database_url,
          .sync = settings.storage_sync == "full" ? storage::Sync::kFull : storage::Sync::kNormal,
          .exclusive = use == Use::kAlone};
}

base::Result<void, std::string> with_patience(const storage::DatabaseSettings& database,
                                              const std::function<void()>& work) {
  const auto until = net::mono_now() + kPatience;
  while (true) {
    try {
      work();
      return {};
    } catch (const storage::DatabaseError& error) {
      const bool may_pass = error.kind() == storage::DatabaseError::Kind::kBusy;
      if (!may_pass || net::mono_now() >= until) return base::Unexpected{sentence(database, error)};
    }
    std::this_thread::sleep_for(kTryAgainAfter);  // nothing runs yet that could be held up
  }
}

base::Result<std::unique_ptr<storage::Connection>, std::string> open_database(
    const Settings& settings, Use use, std::span<const storage::Migration> steps) {
  const auto database = database_settings(settings, use);
  auto connection = std::make_unique<storage::Connection>(database);
  // SQLite makes files as the process may; they are nobody else's business.
  const auto before = ::umask(0077);
  const auto opened = with_patience(database, [&] {
    connection->open();
    storage::migrate(*connection, steps, [&](int version) { keep_copy(*connection, version + 1); });
  });
  ::umask(before);
  if (!opened) return base::Unexpected{opened.error()};
  return connection;
}

}  // namespace zvonok::app
