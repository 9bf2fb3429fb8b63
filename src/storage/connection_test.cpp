#include "storage/connection.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "storage/database_error.hpp"
#include "storage/sql_account_rows.hpp"
#include "storage/test_databases.hpp"

namespace zvonok::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = DatabaseError::Kind;

struct Problem {
  std::optional<Kind> kind;  // nullopt: there was none
  std::string text;
};
Problem problem_of(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const DatabaseError& error) {
    return {error.kind(), error.what()};
  }
}
Problem problem_of_opening(DatabaseSettings settings) {
  return problem_of([&] { Connection(std::move(settings)).open(); });
}

void put_user(Connection& connection, const std::string& id, const std::string& phone = {}) {
  transact(connection, [&](ports::AccountRows& rows) {
    rows.put_user({.id = id,
                   .name = "Name of " + id,
                   .name_key = id,
                   .avatar = {},
                   .phone = phone,
                   .email = {},
                   .created_at = {}});
  });
}
long long users(Connection& connection) {
  return number(connection, "SELECT COUNT(*) FROM users");
}

// --- either engine
// -------------------------------------------------------------------------------------------------

template <class Engine>
class ConnectionTest : public DatabaseTest<Engine> {};

TYPED_TEST_SUITE(ConnectionTest, BothEngines);

TYPED_TEST(ConnectionTest, SaysThatAConstraintIsBrokenAndNothingOfTheRow) {
  auto connection = this->connect_migrated();
  put_user(*connection, "anna", "+79990000001");
  const auto problem = problem_of([&] { put_user(*connection, "boris", "+79990000001"); });
  EXPECT_EQ(problem.kind, Kind::kOther);
  EXPECT_THAT(problem.text, HasSubstr("users"));
  for (const auto* value : {"+7999", "anna", "boris"}) EXPECT_THAT(problem.text, Not(HasSubstr(value)));
  EXPECT_EQ(users(*connection), 1);
}

TYPED_TEST(ConnectionTest, RollsBackForAnyExceptionAndHandsItsTextOn) {
  auto connection = this->connect_migrated();
  const auto problem = problem_of([&] {
    connection->in_transaction([&] {
      connection->sql() << "INSERT INTO login_messages (sent_at) VALUES (1)";
      throw std::runtime_error("a rule has failed");
    });
  });
  EXPECT_EQ(problem.kind, Kind::kOther);
  EXPECT_EQ(problem.text, "a rule has failed");
  EXPECT_EQ(number(*connection, "SELECT COUNT(*) FROM login_messages"), 0);
  put_user(*connection, "anna");
}

TYPED_TEST(ConnectionTest, OpensAgainAfterItWasClosed) {
  auto connection = this->connect_migrated();
  put_user(*connection, "anna");
  connection->open();
  connection->close();
  connection->close();
  EXPECT_FALSE(connection->is_open());
  connection->open();
  EXPECT_TRUE(connection->is_open());
  EXPECT_EQ(users(*connection), 1);
}

TYPED_TEST(ConnectionTest, SaysNothingBesideTheLog) {
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  for (int i = 0; i < 2; ++i) {
    auto connection = this->connect();
    migrate(*connection, migrations(), [](int) {});
    put_user(*connection, "anna", "+79990000001");
    (void)problem_of([&] { put_user(*connection, "boris", "+79990000001"); });
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

// --- SQLite
// --------------------------------------------------------------------------------------------------------

class SqliteTest : public DatabaseTest<SqliteDatabase> {
 protected:
  const base::TestFolder& folder() const { return engine->folder; }
  std::string file() const { return folder().path("zvonok.db"); }
  static DatabaseSettings at(const std::string& path) { return {.sqlite_file = path}; }
};

TEST_F(SqliteTest, SaysWhatItCannotOpen) {
  EXPECT_THAT(problem_of_opening(at(folder().path("a\"b.db"))).text, HasSubstr("quotation mark"));
  EXPECT_EQ(problem_of_opening(at(folder().path("no such folder/zvonok.db"))).kind, Kind::kLost);
  EXPECT_EQ(problem_of_opening(at(folder().path())).kind, Kind::kLost) << "a folder";
  EXPECT_EQ(problem_of_opening(at("/dev/null/zvonok.db")).kind, Kind::kLost);
}

TEST_F(SqliteTest, SaysThatAFileIsNoDatabase) {
  const auto junk = folder().write("junk.db", std::string(10'000, 'x'));
  const auto problem = problem_of_opening(at(junk));
  EXPECT_EQ(problem.kind, Kind::kLost);
  EXPECT_THAT(problem.text, HasSubstr("not a database"));
  EXPECT_EQ(folder().read("junk.db"), std::string(10'000, 'x')) << "and leaves it alone";
}

TEST_F(SqliteTest, SaysThatADatabaseWasCutOff) {
  {
    auto connection = connect_migrated();
    for (int i = 0; i < 200; ++i) put_user(*connection, "user" + std::to_string(i));
    connection->empty_log();
  }
  fs::resize_file(file(), fs::file_size(file()) / 2);
  std::string found;
  const auto problem = problem_of([&] { found = connect()->integrity_problem(); });
  EXPECT_TRUE(problem.kind.has_value() || !found.empty());
}

TEST_F(SqliteTest, FindsADamagedPage) {
  {
    auto connection = connect_migrated();
    for (int i = 0; i < 2'000; ++i) put_user(*connection, "user" + std::to_string(i));
    connection->empty_log();
    EXPECT_EQ(connection->integrity_problem(), "");
  }
  std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(fs::file_size(file()) / 2));
  bytes << std::string(4'096, 'x');
  bytes.close();
  EXPECT_NE(connect()->integrity_problem(), "");
}

TEST_F(SqliteTest, TakesAnyPathThatAFolderMayHave) {
  for (const auto* name :
       {"with blanks", "it's", "данные", "a;b=c", "100%", "-leading", "file:x?mode=ro", "db=x timeout=1"}) {
    fs::create_directory(folder().path(name));
    Connection connection(at(folder().path(std::string(name) + "/zvonok.db")));
    connection.open();
    migrate_fully(connection);
    put_user(connection, "anna");
    EXPECT_TRUE(fs::exists(folder().path(std::string(name) + "/zvonok.db"))) << name;
  }
}

TEST_F(SqliteTest, IsBusyWhileAnotherWritesAndWellAfterwards) {
  auto mine = connect_migrated();
  auto other = connect();
  other->sql() << "BEGIN IMMEDIATE";
  EXPECT_EQ(problem_of([&] { put_user(*mine, "anna"); }).kind, Kind::kBusy);
  EXPECT_EQ(users(*mine), 0) << "reading is not held up";
  other->sql() << "COMMIT";
  EXPECT_EQ(problem_of([&] { put_user(*mine, "anna"); }).kind, std::nullopt);
  EXPECT_EQ(users(*mine), 1);
}

TEST_F(SqliteTest, IsBusyWhileAnotherProgramHasItToItself) {
  auto other = connect_migrated();
  other->sql() << "PRAGMA locking_mode = EXCLUSIVE";
  put_user(*other, "anna");
  EXPECT_EQ(problem_of([&] { (void)users(*connect()); }).kind, Kind::kBusy);
  other->close();
  EXPECT_EQ(users(*connect()), 1);
}

TEST_F(SqliteTest, KeepsWhatIsThereWhenTheDiskIsFull) {
  auto connection = connect_migrated();
  put_user(*connection, "anna");
  connection->sql() << "PRAGMA max_page_count = " +
                           std::to_string(number(*connection, "PRAGMA page_count") + 2);
  const auto fill = [&] {
    transact(*connection, [](ports::AccountRows& rows) {
      for (int i = 0; i < 1'000; ++i)
        rows.put_user({.id = "user" + std::to_string(i),
                       .name = {},
                       .name_key = {},
                       .avatar = {},
                       .phone = {},
                       .email = {},
                       .created_at = {}});
    });
  };
  EXPECT_EQ(problem_of(fill).kind, Kind::kFull);
  connection->open();  // SQLite has rolled back by itself, which leaves it closed
  EXPECT_EQ(users(*connection), 1);
  EXPECT_EQ(connection->integrity_problem(), "");
  EXPECT_EQ(problem_of(fill).kind, std::nullopt);
  EXPECT_EQ(users(*connection), 1'001);
}

TEST_F(SqliteTest, WaitsForTheDiskAsTheSettingsSay) {
  auto settings = engine->settings();
  for (const auto& [sync, value] : {std::pair{Sync::kNormal, 1}, std::pair{Sync::kFull, 2}}) {
    settings.sync = sync;
    Connection connection(settings);
    connection.open();
    EXPECT_EQ(number(connection, "PRAGMA synchronous"), value);
  }
}

TEST_F(SqliteTest, LeavesNothingOfAnErasedPersonInItsFiles) {
  auto connection = connect_migrated();
  for (int i = 0; i < 100; ++i)
    put_user(*connection, "user" + std::to_string(i), "+7999" + std::to_string(1'000'000 + i));
  connection->empty_log();
  const std::vector<std::string> traces{"Name of user50", "+79991000050"};
  for (const auto& trace : traces) ASSERT_NE(folder().read("zvonok.db").find(trace), std::string::npos);
  transact(*connection, [](ports::AccountRows& rows) { rows.erase_user(*rows.user("user50"), {}); });
  connection->empty_log();
  for (const auto& trace : traces) {
    for (const auto* name : {"zvonok.db", "zvonok.db-wal", "zvonok.db-shm"})
      EXPECT_EQ(folder().read(name).find(trace), std::string::npos) << name << " has " << trace;
  }
  EXPECT_NE(folder().read("zvonok.db").find("+79991000051"), std::string::npos);
}

// --- copies of a SQLite database
// -----------------------------------------------------------------------------------

// Goal: a backup beside a running server is a database as it was at one moment.
// Method: a thread writes two rows in each transaction while copies are made; each copy must have both or
// neither.
TEST_F(SqliteTest, IsCopiedWhileItIsWritten) {
  auto connection = connect_migrated();
  for (int i = 0; i < 3'000; ++i) put_user(*connection, std::string(200, 'x') + std::to_string(i));
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    auto own = connect();
    while (!stop) {
      (void)problem_of([&] {
        own->in_transaction([&] {
          own->sql() << "INSERT INTO login_messages (sent_at) VALUES (1)";
          own->sql() << "INSERT INTO login_messages (sent_at) VALUES (2)";
        });
        ++written;
      });
      std::this_thread::sleep_for(
          std::chrono::milliseconds(1));  // a server does not write all the time either
    }
  });
  for (int i = 0; i < 5; ++i) {
    const auto before = written.load();
    while (written == before) std::this_thread::yield();
    const auto name = "copy" + std::to_string(i);
    const auto problem = problem_of([&] { connection->back_up_to(folder().path(name)); });
    EXPECT_EQ(problem.text, "");
    EXPECT_FALSE(fs::exists(folder().path(name + "-wal"))) << "it is one plain file";
    Connection copy(at(folder().path(name)));
    copy.open();
    EXPECT_EQ(copy.integrity_problem(), "");
    EXPECT_EQ(users(copy), 3'000);
    const auto messages = number(copy, "SELECT COUNT(*) FROM login_messages");
    EXPECT_EQ(messages % 2, 0);
    EXPECT_GE(messages, 2 * before);
  }
  stop = true;
  writer.join();
}

TEST_F(SqliteTest, IsNotCopiedToWhereNothingCanBe) {
  auto connection = connect_migrated();
  EXPECT_NE(problem_of([&] { connection->back_up_to(folder().path("no such folder/copy")); }).text, "");
  EXPECT_NE(problem_of([&] { connection->back_up_to(folder().path()); }).text, "");
  EXPECT_NE(problem_of([&] { connection->back_up_to("/dev/full"); }).text, "");
}

TEST_F(SqliteTest, BecomesWhatACopyIs) {
  auto connection = connect_migrated();
  put_user(*connection, "before");
  connection->back_up_to(folder().path("copy"));
  put_user(*connection, "after");
  auto another = connect();
  EXPECT_EQ(users(*another), 2);
  connection->restore_from(folder().path("copy"));
  EXPECT_EQ(users(*connection), 1);
  EXPECT_EQ(users(*another), 1) << "whoever has it open sees it too";
  EXPECT_EQ(connection->integrity_problem(), "");
  put_user(*connection, "later");
  EXPECT_EQ(users(*another), 2);
}

TEST_F(SqliteTest, StaysAsItWasWhenACopyIsJunk) {
  auto connection = connect_migrated();
  put_user(*connection, "anna");
  const auto junk = folder().write("junk", std::string(10'000, 'x'));
  EXPECT_NE(problem_of([&] { connection->restore_from(junk); }).text, "");
  EXPECT_EQ(users(*connection), 1);
  EXPECT_EQ(connection->integrity_problem(), "");
}

// --- PostgreSQL
// ----------------------------------------------------------------------------------------------------

class PostgresqlTest : public DatabaseTest<PostgresqlDatabase> {
 protected:
  static DatabaseSettings at(const std::string& url) {
    return {.sqlite_file = {}, .postgresql_url = base::Redacted(url)};
  }
};

TEST_F(PostgresqlTest, ShowsNoPasswordOfAUrlThatItCannotUse) {
  for (const auto* url :
       {"postgresql//me:pa55word@localhost/name", "me:pa55word@localhost",
        "postgresql://me:pa55word@localhost:port/name", "postgresql://me:pa55word@localhost/name?nonsense=1",
        "host=localhost password=pa55word nonsense=1", "password='pa55word",
        "postgresql://me:x@pa55word@localhost/name", "postgresql://me:x/pa55word@localhost/name",
        "postgresql://me:x?pa55word@localhost/name", "postgresql://me:pa55word%@localhost/name",
        "postgresql://me:pa55word@/none?host=/no/such/folder",
        "host=/no/such/folder user=me password=pa55word"}) {
    const auto problem = problem_of_opening(at(url));
    EXPECT_TRUE(problem.kind) << url;
    EXPECT_THAT(problem.text, Not(HasSubstr("pa55word"))) << url;
    EXPECT_THAT(problem.text, Not(HasSubstr("55w"))) << url;
  }
}

TEST_F(PostgresqlTest, SaysHowAUrlIsWritten) {
  const auto problem = problem_of_opening(at("postgresql//me:pa55word@localhost/name"));
  EXPECT_EQ(problem.kind, Kind::kOther);
  EXPECT_THAT(problem.text,
              AllOf(HasSubstr("database_url"), HasSubstr("postgresql://USER:PASSWORD@HOST/NAME")));
}

TEST_F(PostgresqlTest, SaysWhyItIsNotThere) {
  const auto problem = problem_of_opening(at("host=/no/such/folder user=me"));
  EXPECT_EQ(problem.kind, Kind::kLost);
  EXPECT_THAT(problem.text, HasSubstr("No such file or directory"));
}

TEST_F(PostgresqlTest, TakesUrlsAsLibpqDoes) {
  const auto folder = engine->settings().postgresql_url.reveal().substr(5);
  const auto socket = folder.substr(0, folder.find(' '));
  std::string host;
  for (const char c : socket) host += c == '/' ? std::string("%2F") : std::string(1, c);
  for (const auto& url :
       {"postgresql://zvonok@" + host + "/postgres",
        "postgres://zvonok@" + host + "/postgres?application_name=zvonok",
        "postgresql:///postgres?user=zvonok&host=" + host,
        "postgresql://zvonok@" + host + "/postgres?connect_timeout=9",
        "host=" + socket + " user=zvonok dbname=postgres connect_timeout=9 tcp_user_timeout=1"})
    EXPECT_EQ(problem_of_opening(at(url)).text, "") << url;
}

TEST_F(PostgresqlTest, KeepsASecondServerOutAndNobodyElse) {
  auto settings = engine->settings();
  settings.exclusive = true;
  Connection server(settings);
  server.open();
  migrate_fully(server);
  const auto problem = problem_of_opening(settings);
  EXPECT_EQ(problem.kind, Kind::kBusy);
  EXPECT_THAT(problem.text, HasSubstr("another zvonok uses this database"));
  EXPECT_EQ(users(*connect()), 0) << "a command beside the server";
  auto elsewhere = postgresql_server().settings("template1");
  elsewhere.exclusive = true;
  EXPECT_EQ(problem_of_opening(elsewhere).text, "") << "another database of the same PostgreSQL";
  server.close();
  EXPECT_EQ(problem_of_opening(settings).text, "");
}

TEST_F(PostgresqlTest, IsBusyWhenTwoTransactionsCannotBothBe) {
  auto first = connect_migrated();
  auto second = connect();
  const auto problem = problem_of([&] {
    first->in_transaction([&] {
      (void)number(*first, "SELECT COUNT(*) FROM login_messages");
      second->in_transaction([&] {
        (void)number(*second, "SELECT COUNT(*) FROM login_messages");
        second->sql() << "INSERT INTO login_messages (sent_at) VALUES (2)";
      });
      first->sql() << "INSERT INTO login_messages (sent_at) VALUES (1)";
    });
  });
  EXPECT_EQ(problem.kind, Kind::kBusy);
  EXPECT_EQ(number(*first, "SELECT COUNT(*) FROM login_messages"), 1);
}

TEST_F(PostgresqlTest, IsBusyWhileAnotherHasTheTable) {
  auto mine = connect_migrated();
  auto other = connect();
  mine->sql() << "SET lock_timeout = '50ms'";
  other->sql() << "BEGIN";
  other->sql() << "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
  EXPECT_EQ(problem_of([&] { put_user(*mine, "anna"); }).kind, Kind::kBusy);
  other->sql() << "COMMIT";
  put_user(*mine, "anna");
}

// Method: a trigger raises what PostgreSQL itself raises then; a disk of its own would need root's rights.
TEST_F(PostgresqlTest, KeepsWhatIsThereWhenTheDiskIsFull) {
  auto connection = connect_migrated();
  put_user(*connection, "anna");
  connection->sql() << "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
                       "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$";
  connection->sql() << "CREATE TRIGGER no_room BEFORE INSERT ON users EXECUTE FUNCTION no_room()";
  EXPECT_EQ(problem_of([&] { put_user(*connection, "boris"); }).kind, Kind::kFull);
  EXPECT_EQ(users(*connection), 1);
  connection->sql() << "DROP TRIGGER no_room ON users";
  put_user(*connection, "boris");
  EXPECT_EQ(users(*connection), 2);
}

TEST_F(PostgresqlTest, IsLostWhenItsConnectionIsCutAndWellWhenOpenedAnew) {
  auto mine = connect_migrated();
  auto other = connect();
  const auto process = number(*mine, "SELECT pg_backend_pid()");
  EXPECT_EQ(number(*other, "SELECT CASE WHEN pg_terminate_backend(" + std::to_string(process) +
                               ", 60000) THEN 1 ELSE 0 END"),
            1);
  EXPECT_EQ(problem_of([&] { put_user(*mine, "anna"); }).kind, Kind::kLost);
  mine->close();
  mine->open();
  put_user(*mine, "anna");
  EXPECT_EQ(users(*mine), 1);
}

TEST_F(PostgresqlTest, IsLostWhenItsConnectionIsCutWithinATransaction) {
  auto mine = connect_migrated();
  auto other = connect();
  const auto process = std::to_string(number(*mine, "SELECT pg_backend_pid()"));
  const auto problem = problem_of([&] {
    mine->in_transaction([&] {
      mine->sql() << "INSERT INTO login_messages (sent_at) VALUES (1)";
      (void)number(*other, "SELECT CASE WHEN pg_terminate_backend(" + process + ", 60000) THEN 1 ELSE 0 END");
      mine->sql() << "INSERT INTO login_messages (sent_at) VALUES (2)";
    });
  });
  EXPECT_EQ(problem.kind, Kind::kLost);
  EXPECT_FALSE(mine->is_open());
  EXPECT_EQ(number(*other, "SELECT COUNT(*) FROM login_messages"), 0);
}

}  // namespace
}  // namespace zvonok::storage
