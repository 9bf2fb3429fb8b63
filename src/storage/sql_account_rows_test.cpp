// The rows in SQL keep the promises of the port, in both engines.
#include "storage/sql_account_rows.hpp"

#include "ports/account_rows_contract.hpp"
#include "storage/database_error.hpp"
#include "storage/test_databases.hpp"

namespace zvonok::storage {
namespace {

template <class Engine>
struct Rows : Engine {
  Rows() : connection(Engine::settings()) {
    connection.open();
    migrate_fully(connection);
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

}  // namespace
}  // namespace zvonok::storage

namespace zvonok::ports {
namespace {

using SqlRows =
    ::testing::Types<storage::Rows<storage::SqliteDatabase>, storage::Rows<storage::PostgresqlDatabase>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Sql, AccountRowsContract, SqlRows);

}  // namespace
}  // namespace zvonok::ports
