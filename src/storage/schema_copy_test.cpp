#include "storage/schema_copy.hpp"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "storage/database_error.hpp"
#include "storage/sql_account_rows.hpp"
#include "storage/test_databases.hpp"

namespace zvonok::storage {
namespace {

class SchemaCopyTest : public DatabaseTest<PostgresqlDatabase> {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    connection = connect_migrated();
    connection->sql() << "DROP SCHEMA IF EXISTS zvonok_kept CASCADE";
    put("anna", "+79990000001");
  }
  void TearDown() override {
    if (connection) connection->sql() << "DROP SCHEMA IF EXISTS zvonok_kept CASCADE";
    DatabaseTest::TearDown();
  }
  void put(const std::string& id, const std::string& phone) {
    transact(*connection, [&](auto& rows) { rows.put_user({.id = id, .name = id, .phone = phone}); });
  }

  std::unique_ptr<Connection> connection;
};

TEST_F(SchemaCopyTest, HoldsWhatWasThereAndNothingOfLater) {
  copy_schema(*connection, "zvonok_kept");
  put("boris", "+79990000002");
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM zvonok_kept.users"), 1);
  EXPECT_EQ(number(*connection, "SELECT version FROM zvonok_kept.schema_version"),
            static_cast<long long>(migrations().size()));
}

TEST_F(SchemaCopyTest, TakesThePlaceOfAnOlderOne) {
  copy_schema(*connection, "zvonok_kept");
  put("boris", "+79990000002");
  copy_schema(*connection, "zvonok_kept");
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM zvonok_kept.users"), 2);
}

TEST_F(SchemaCopyTest, CanBeUsedInThePlaceOfTheOriginal) {
  copy_schema(*connection, "zvonok_kept");
  put("boris", "+79990000002");
  connection->sql() << "DROP SCHEMA zvonok CASCADE";
  connection->sql() << "ALTER SCHEMA zvonok_kept RENAME TO zvonok";
  put("anna", "+79990000003");  // by its key
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM users"), 1);
  EXPECT_THROW(put("vera", "+79990000003"), DatabaseError) << "and by its constraints";
}

TEST_F(SchemaCopyTest, KeepsNothingWhenItFails) {
  connection->sql() << "CREATE ROLE reader LOGIN";
  connection->sql() << "GRANT USAGE ON SCHEMA zvonok TO reader";
  auto settings = connection->settings();
  settings.postgresql_url = base::Redacted(settings.postgresql_url.reveal() + " user=reader");
  Connection reader(settings);
  reader.open();
  EXPECT_THROW(copy_schema(reader, "zvonok_kept"), DatabaseError) << "it may make no schema";
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'zvonok_kept'"), 0);
  reader.close();
  connection->sql() << "DROP OWNED BY reader";
  connection->sql() << "DROP ROLE reader";
}

}  // namespace
}  // namespace zvonok::storage
