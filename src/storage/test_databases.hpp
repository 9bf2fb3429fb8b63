// A database of each engine for one test, and what both sides of the database's thread need to meet.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "base/test_folder.hpp"
#include "ports/test_requirements.hpp"
#include "storage/connection.hpp"
#include "storage/migrations.hpp"
#include "storage/postgresql_test_support.hpp"

namespace zvonok::storage {

struct SqliteDatabase {
  DatabaseSettings settings() const { return {.sqlite_file = folder.path("zvonok.db")}; }
  base::TestFolder folder;
};

struct PostgresqlDatabase {
  static std::string missing() { return PostgresqlServer::missing(); }
  const DatabaseSettings& settings() const { return made; }
  DatabaseSettings made = postgresql_server().empty_database();
};

using BothEngines = ::testing::Types<SqliteDatabase, PostgresqlDatabase>;

inline void migrate_fully(Connection& connection) {
  migrate(connection, migrations(), [](int version) { FAIL() << "it had version " << version; });
}

/// What a query for one number says.
inline long long number(Connection& connection, const std::string& query) {
  long long found = -1;
  connection.sql() << query, soci::into(found);
  return found;
}

/// Tests of databases of one engine, of which each is empty.
template <class Engine>
class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto missing = ports::what_is_missing_for<Engine>();
    if (!missing.empty()) return ports::skip_for_want_of(missing);
    engine.emplace();
  }
  /// Another open connection to the database, as it is.
  std::unique_ptr<Connection> connect() const {
    auto connection = std::make_unique<Connection>(engine->settings());
    connection->open();
    return connection;
  }
  std::unique_ptr<Connection> connect_migrated() const {
    auto connection = connect();
    migrate_fully(*connection);
    return connection;
  }

  std::optional<Engine> engine;
};

}  // namespace zvonok::storage
