#include "storage/migrations.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "storage/database_error.hpp"
#include "storage/test_databases.hpp"

namespace zvonok::storage {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = DatabaseError::Kind;

template <class Engine>
class MigrationsTest : public DatabaseTest<Engine> {
 protected:
  static std::vector<Migration> one_step() {
    return {{"CREATE TABLE first (n BIGINT)", "INSERT INTO first (n) VALUES (1)"}};
  }
  static std::vector<Migration> three_steps() {
    auto steps = one_step();
    steps.push_back({"CREATE TABLE second (n BIGINT)", "INSERT INTO first (n) VALUES (2)"});
    steps.push_back({"INSERT INTO second (n) SELECT n FROM first", "INSERT INTO first (n) VALUES (3)"});
    return steps;
  }
  /// The versions that `before` was called with.
  std::vector<int> bring(Connection& connection, const std::vector<Migration>& steps) {
    std::vector<int> versions;
    migrate(connection, steps, [&versions](int version) { versions.push_back(version); });
    return versions;
  }
  /// What was said when it could not be brought there; empty: it could.
  std::string problem(Connection& connection, const std::vector<Migration>& steps) {
    try {
      bring(connection, steps);
      return {};
    } catch (const DatabaseError& error) {
      return error.what();
    }
  }
  static bool has_table(Connection& connection, const std::string& table) {
    return number(connection, connection.engine() == storage::Engine::kSqlite
                                  ? "SELECT COUNT(*) FROM sqlite_master WHERE name = '" + table + "'"
                                  : "SELECT COUNT(*) FROM pg_tables WHERE tablename = '" + table + "'") > 0;
  }
};

TYPED_TEST_SUITE(MigrationsTest, BothEngines);

TYPED_TEST(MigrationsTest, RefusesADatabaseThatIsNewerAndSaysWhatToDo) {
  auto connection = this->connect();
  this->bring(*connection, this->three_steps());
  EXPECT_THAT(this->problem(*connection, this->one_step()),
              AllOf(HasSubstr("version 3"), HasSubstr("up to 1"), HasSubstr("start the newer zvonok"),
                    HasSubstr("restore a backup")));
  EXPECT_EQ(schema_version(*connection), 3);
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM first"), 3) << "untouched";
}

TYPED_TEST(MigrationsTest, LeavesNothingOfAFirstStepThatFails) {
  auto connection = this->connect();
  EXPECT_NE(this->problem(*connection, {{"CREATE TABLE first (n BIGINT)", "nonsense"}}), "");
  EXPECT_EQ(schema_version(*connection), 0);
  EXPECT_FALSE(this->has_table(*connection, "first"));
  EXPECT_EQ(this->problem(*connection, this->one_step()), "");
}

TYPED_TEST(MigrationsTest, LeavesTheVersionBeforeAStepThatFails) {
  auto connection = this->connect();
  auto steps = this->three_steps();
  steps[1].emplace_back("INSERT INTO no_such_table (n) VALUES (1)");
  EXPECT_THAT(this->problem(*connection, steps), HasSubstr("no_such_table"));
  EXPECT_EQ(schema_version(*connection), 1);
  EXPECT_FALSE(this->has_table(*connection, "second"));
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM first"), 1);
  EXPECT_THAT(this->bring(*connection, this->three_steps()), ElementsAre(1)) << "and goes on from there";
  EXPECT_EQ(schema_version(*connection), 3);
}

TYPED_TEST(MigrationsTest, ChangesNothingWhenTheBackupFails) {
  auto connection = this->connect();
  this->bring(*connection, this->one_step());
  EXPECT_THROW(migrate(*connection, this->three_steps(),
                       [](int) { throw std::runtime_error("no room for a backup"); }),
               DatabaseError);
  EXPECT_EQ(schema_version(*connection), 1);
  EXPECT_FALSE(this->has_table(*connection, "second"));
}

TYPED_TEST(MigrationsTest, KnowsADatabaseThatIsNotOursAndLeavesItAlone) {
  auto connection = this->connect();
  const bool is_sqlite = connection->engine() == storage::Engine::kSqlite;
  const std::string theirs = is_sqlite ? "theirs" : "public.theirs";
  connection->sql() << "CREATE TABLE " + theirs + " (n BIGINT)";
  EXPECT_EQ(schema_version(*connection), 0);
  EXPECT_FALSE(this->has_table(*connection, "schema_version"));
  connection->sql() << "DROP TABLE " + theirs;
}

TYPED_TEST(MigrationsTest, BringsAnEmptyDatabaseToTheLastStepWithoutABackup) {
  auto connection = this->connect();
  EXPECT_EQ(schema_version(*connection), 0);
  EXPECT_THAT(this->bring(*connection, this->three_steps()), IsEmpty());
  EXPECT_EQ(schema_version(*connection), 3);
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM second"), 2);
}

TYPED_TEST(MigrationsTest, BringsAnOldDatabaseOnAfterOneBackup) {
  auto connection = this->connect();
  this->bring(*connection, this->one_step());
  std::vector<int> versions;
  migrate(*connection, this->three_steps(), [&](int version) {
    versions.push_back(version);
    EXPECT_FALSE(this->has_table(*connection, "second")) << "before anything is changed";
    EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM first"), 1);
  });
  EXPECT_THAT(versions, ElementsAre(1));
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM first"), 3);
}

TYPED_TEST(MigrationsTest, DoesNothingToADatabaseThatIsUpToDate) {
  auto connection = this->connect();
  this->bring(*connection, this->three_steps());
  EXPECT_THAT(this->bring(*connection, this->three_steps()), IsEmpty());
  auto another = this->connect();
  EXPECT_THAT(this->bring(*another, this->three_steps()), IsEmpty());
  EXPECT_EQ(number(*another, "SELECT COUNT(*) FROM first"), 3);
}

// Goal: two programs that start at once find one database, each step of it done once.
// Method: a few threads begin together on an empty one, each with its own connection; one that finds the
// database locked comes again, as the start of the server does.
TYPED_TEST(MigrationsTest, LetsManyStartAtOnce) {
  for (int round = 0; round < 5; ++round) {
    this->engine.emplace();
    constexpr int kThreads = 4;
    std::atomic<int> ready = 0;
    std::vector<std::string> problems(kThreads);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        ++ready;
        while (ready < kThreads) std::this_thread::yield();
        for (int tries = 0; tries < 200; ++tries) {
          try {
            this->bring(*this->connect(), this->three_steps());
            problems[i].clear();
            return;
          } catch (const DatabaseError& error) {
            problems[i] = error.what();
            if (error.kind() != Kind::kBusy) return;
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& problem : problems) EXPECT_EQ(problem, "");
    auto connection = this->connect();
    EXPECT_EQ(schema_version(*connection), 3);
    EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM first"), 3);
    EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM second"), 2);
  }
}

TYPED_TEST(MigrationsTest, TakeTheProductsOwnSteps) {
  auto connection = this->connect_migrated();
  EXPECT_EQ(schema_version(*connection), static_cast<int>(migrations().size()));
  for (const auto* table : {"users", "login_states", "login_messages", "invites", "login_sessions"})
    EXPECT_EQ(number(*connection, std::string("SELECT COUNT(*) FROM ") + table), 0) << table;
}

TEST(PostgresqlMigrationsTest, MakeAllInASchemaOfOurOwn) {
  if (const auto missing = PostgresqlServer::missing(); !missing.empty())
    return ports::skip_for_want_of(missing);
  const PostgresqlDatabase database;
  Connection connection(database.settings());
  connection.open();
  migrate_fully(connection);
  EXPECT_EQ(number(connection, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"), 0);
  EXPECT_GT(number(connection, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'zvonok'"), 5);
}

// Who may make no schema can be given one by who may.
TEST(PostgresqlMigrationsTest, TakeASchemaThatIsThere) {
  if (const auto missing = PostgresqlServer::missing(); !missing.empty())
    return ports::skip_for_want_of(missing);
  const PostgresqlDatabase database;
  Connection connection(database.settings());
  connection.open();
  auto& sql = connection.sql();
  sql << "CREATE SCHEMA zvonok";
  sql << "CREATE ROLE humble LOGIN";
  sql << "GRANT ALL ON SCHEMA zvonok TO humble";
  auto settings = database.settings();
  settings.postgresql_url = base::Redacted(settings.postgresql_url.reveal() + " user=humble");
  Connection humble(settings);
  humble.open();
  migrate_fully(humble);
  EXPECT_EQ(schema_version(humble), static_cast<int>(migrations().size()));
  humble.close();
  sql << "DROP OWNED BY humble";
  sql << "DROP ROLE humble";
}

}  // namespace
}  // namespace zvonok::storage
