// The rows in SQL keep the promises of the port, in both engines.
#include "storage/sql_account_rows.hpp"

#include "ports/account_rows_contract.hpp"
#include "storage/connection.hpp"
#include "storage/database_error.hpp"
#include "storage/migrations.hpp"
#include "storage/postgresql_test_support.hpp"
#include "storage/test_folder.hpp"

namespace zvonok::storage {
namespace {

struct Migrated {
  explicit Migrated(DatabaseSettings settings) : connection(std::move(settings)) {
    connection.open();
    migrate(connection, migrations(), [](int) { FAIL() << "it was empty"; });
  }
  bool transact(const std::function<void(ports::AccountRows&)>& rule) {
    try {
      storage::transact(connection, rule);
      return true;
    } catch (const DatabaseError&) {
      return false;
    }
  }
  Connection connection;
};

struct SqliteFolder {
  TestFolder folder;
};
struct Sqlite : SqliteFolder, Migrated {
  Sqlite() : Migrated({.sqlite_file = folder.path("zvonok.db")}) {}
};

struct Postgresql : Migrated {
  static std::string missing() { return PostgresqlServer::missing(); }
  Postgresql() : Migrated(postgresql_server().new_database()) {}
};

}  // namespace
}  // namespace zvonok::storage

namespace zvonok::ports {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, AccountRowsContract, storage::Sqlite);
INSTANTIATE_TYPED_TEST_SUITE_P(Postgresql, AccountRowsContract, storage::Postgresql);

}  // namespace
}  // namespace zvonok::ports
