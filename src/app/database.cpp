#include "app/database.hpp"

#include <sys/stat.h>

#include "storage/database_error.hpp"
#include "storage/migrations.hpp"

namespace zvonok::app {
namespace {

std::string what_to_do(const storage::DatabaseSettings& database) {
  if (database.engine() == storage::Engine::kPostgresql)
    return "; see that PostgreSQL runs, that database_url is right, and that its user may create a schema";
  return " (" + database.sqlite_file + ")";
}

}  // namespace

storage::DatabaseSettings database_settings(const Settings& settings, Use use) {
  return {.sqlite_file = settings.data_dir + "/zvonok.db",
          .postgresql_url = settings.database_url,
          .sync = settings.storage_sync == "full" ? storage::Sync::kFull : storage::Sync::kNormal,
          .exclusive = use == Use::kAlone};
}

base::Result<std::unique_ptr<storage::Connection>, std::string> open_database(const Settings& settings,
                                                                                Use use) {
  const auto database = database_settings(settings, use);
  auto connection = std::make_unique<storage::Connection>(database);
  // SQLite makes files as the process may; they are nobody else's business.
  const auto before = ::umask(0077);
  try {
    connection->open();
    storage::migrate(*connection, storage::migrations(), [&](int version) {
      if (database.engine() == storage::Engine::kSqlite)
        connection->back_up_to(database.sqlite_file + ".before-version-" + std::to_string(version + 1));
    });
  } catch (const storage::DatabaseError& error) {
    ::umask(before);
    return base::Unexpected{"the database cannot be opened: " + std::string(error.what()) + what_to_do(database)};
  }
  ::umask(before);
  return connection;
}

}  // namespace zvonok::app
