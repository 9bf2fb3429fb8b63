#include "storage/database.hpp"

#include <gmock/gmock.h>

#include <future>
#include <memory>

#include "base/test_owner.hpp"
#include "ports/account_store_contract.hpp"
#include "storage/database_error.hpp"
#include "storage/sql_account_rows.hpp"
#include "storage/test_databases.hpp"

namespace zvonok::storage {
namespace {

using ports::AccountRows;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr base::Duration kLong{120'000};
constexpr base::Duration kShort{300};

/// What the owner of the database has heard.
struct Heard {
  std::vector<std::string> sick;
  int well = 0, given_up = 0, kept = 0, refused = 0;
  int answers() const { return kept + refused; }
};

std::unique_ptr<Database> database_of(std::unique_ptr<Connection> connection, base::TestOwner& owner,
                                      Heard& heard, base::Duration wait_max = kLong) {
  return std::make_unique<Database>(
      std::move(connection), [&owner](auto call) { owner.post(std::move(call)); },
      DatabaseEvents{.sick = [&heard](const std::string& why) { heard.sick.push_back(why); },
                     .well = [&heard] { ++heard.well; },
                     .given_up = [&heard] { ++heard.given_up; }},
      wait_max);
}

/// Keeps every other connection from writing while it lives.
class Lock {
 public:
  explicit Lock(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {
    const bool is_sqlite = connection_->engine() == Engine::kSqlite;
    connection_->sql() << (is_sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
    if (!is_sqlite) connection_->sql() << "LOCK TABLE login_messages IN ACCESS EXCLUSIVE MODE";
  }
  ~Lock() { connection_->close(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::unique_ptr<Connection> connection_;
};

template <class Kind>
class DatabaseThreadTest : public DatabaseTest<Kind> {
 protected:
  void open(base::Duration wait_max = kLong) {
    database = database_of(this->connect_migrated(), owner, heard, wait_max);
  }

  /// Asks for a message to be kept at that time.
  void add(std::int64_t at) {
    database->transact([at](AccountRows& rows) { rows.add_message(base::WallTime(base::Duration(at))); },
                       [this](const auto& result) { result ? ++heard.kept : ++heard.refused; });
  }
  void await_answers(int count) {
    owner.run_until([&] { return heard.answers() >= count; });
  }
  long long messages() const { return number(*this->connect(), "SELECT COUNT(*) FROM login_messages"); }

  base::TestOwner owner;
  Heard heard;
  std::unique_ptr<Database> database;  // ends before what it posts to
};

TYPED_TEST_SUITE(DatabaseThreadTest, BothEngines);

// --- a database that is locked
// -------------------------------------------------------------------------------------

TYPED_TEST(DatabaseThreadTest, GivesUpWhenItIsLockedForTooLongAndWritesNothingLater) {
  this->open(kShort);
  {
    const Lock lock(this->connect());
    for (int i = 0; i < 5; ++i) this->add(i);
    this->await_answers(5);
  }
  EXPECT_EQ(this->heard.refused, 5);
  EXPECT_EQ(this->heard.given_up, 5);
  EXPECT_THAT(this->heard.sick, SizeIs(1)) << "once, until it is well";
  EXPECT_EQ(this->heard.well, 0);
  this->add(9);
  this->await_answers(6);
  EXPECT_EQ(this->heard.kept, 1);
  EXPECT_EQ(this->heard.well, 1);
  EXPECT_EQ(this->messages(), 1) << "what was refused stays refused";
}

TYPED_TEST(DatabaseThreadTest, KeepsEverythingOnceItIsNotLockedAnyMore) {
  this->open();
  {
    const Lock lock(this->connect());
    for (int i = 0; i < 20; ++i) this->add(i);
    this->owner.run_until([this] { return !this->heard.sick.empty(); });
    EXPECT_EQ(this->heard.answers(), 0);
  }
  this->await_answers(20);
  EXPECT_EQ(this->heard.kept, 20);
  EXPECT_EQ(this->heard.given_up, 0);
  EXPECT_THAT(this->heard.sick, SizeIs(1));
  EXPECT_EQ(this->heard.well, 1);
  EXPECT_EQ(this->messages(), 20);
}

TYPED_TEST(DatabaseThreadTest, SaysAgainThatItIsSickAfterItWasWell) {
  this->open(kShort);
  for (int i = 1; i <= 2; ++i) {
    {
      const Lock lock(this->connect());
      this->add(i);
      this->await_answers(2 * i - 1);
    }
    this->add(i);
    this->await_answers(2 * i);
    EXPECT_THAT(this->heard.sick, SizeIs(i));
    EXPECT_EQ(this->heard.well, i);
  }
}

// --- rules that fail
// -----------------------------------------------------------------------------------------------

TYPED_TEST(DatabaseThreadTest, DoesNotTryAgainWhatFailsForAReasonOfItsOwn) {
  this->open();
  int runs = 0, refused = 0;
  this->database->transact(
      [&runs](AccountRows& rows) {
        ++runs;
        rows.add_message({});
        throw std::runtime_error("a bug of ours");
      },
      [&refused](const auto& result) { refused += result ? 0 : 1; });
  this->owner.run_until([&] { return refused > 0; });
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(this->heard.given_up, 1);
  EXPECT_THAT(this->heard.sick, ElementsAre("a bug of ours"));
  EXPECT_EQ(this->messages(), 0);
}

// What a rule holds may be what its caller thinks is theirs alone again.
// Who asked has been told by then that it failed.
TYPED_TEST(DatabaseThreadTest, KeepsNothingOfARuleThatTookTooLong) {
  this->open(kShort);
  const auto until = std::chrono::steady_clock::now() + kShort + kShort;
  this->database->transact(
      [until](AccountRows& rows) {
        rows.add_message(base::WallTime(base::Duration(1)));
        std::this_thread::sleep_until(until);
      },
      [this](const auto& result) { result ? ++this->heard.kept : ++this->heard.refused; });
  this->await_answers(1);
  EXPECT_EQ(this->heard.refused, 1);
  EXPECT_EQ(this->messages(), 0);
}

TYPED_TEST(DatabaseThreadTest, LetsGoOfARuleBeforeItAnswers) {
  this->open();
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  bool gone = false, answered = false;
  this->database->transact([held = std::move(held)](AccountRows& rows) { rows.add_message({}); },
                           [&](const auto&) {
                             gone = watched.expired();
                             answered = true;
                           });
  this->owner.run_until([&] { return answered; });
  EXPECT_TRUE(gone);
}

// --- the queue
// -----------------------------------------------------------------------------------------------------

TYPED_TEST(DatabaseThreadTest, LetsOnlySoManyWaitAndRefusesTheRestAtOnce) {
  this->open();
  std::promise<void> begun, go_on;
  this->database->transact(
      [&begun, may_go_on = go_on.get_future().share()](AccountRows&) {
        begun.set_value();
        may_go_on.wait();
      },
      [this](const auto& result) { result ? ++this->heard.kept : ++this->heard.refused; });
  begun.get_future().wait();  // it waits no more: it runs
  for (std::size_t i = 0; i < Database::kWaitingMax; ++i)
    this->database->transact(
        [](AccountRows&) {},
        [this](const auto& result) { result ? ++this->heard.kept : ++this->heard.refused; });
  EXPECT_TRUE(this->owner.is_idle());
  for (int i = 0; i < 3; ++i) this->add(i);
  this->await_answers(3);
  EXPECT_EQ(this->heard.refused, 3);
  EXPECT_EQ(this->heard.given_up, 3);
  EXPECT_THAT(this->heard.sick, IsEmpty()) << "it is overrun, not sick";
  go_on.set_value();
}

// --- its end
// -------------------------------------------------------------------------------------------------------

TYPED_TEST(DatabaseThreadTest, CarriesOutWhatWaitsBeforeItEnds) {
  this->open();
  for (int i = 0; i < 50; ++i) this->add(i);
  this->database.reset();
  this->owner.run_all();
  EXPECT_EQ(this->heard.kept, 50);
  EXPECT_EQ(this->messages(), 50);
}

TYPED_TEST(DatabaseThreadTest, EndsSoonWhenItIsLockedAndSaysOfNothingThatItIsKept) {
  this->open();
  const auto begun = std::chrono::steady_clock::now();
  {
    const Lock lock(this->connect());
    for (int i = 0; i < 50; ++i) this->add(i);
    this->database.reset();
    const auto took = std::chrono::steady_clock::now() - begun;
    EXPECT_LT(took, std::chrono::seconds(60)) << "not as long as all of them may wait";
  }
  this->owner.run_all();
  EXPECT_EQ(this->heard.kept, 0);
  EXPECT_EQ(this->messages(), 0);
}

// Goal: what was acknowledged is there afterwards, whenever the server is told to end.
// Method: databases that end after a few of their answers, at another moment each time.
TYPED_TEST(DatabaseThreadTest, LosesNothingThatItHasAcknowledged) {
  for (int round = 1; round <= 10; ++round) {
    this->database =
        database_of(round == 1 ? this->connect_migrated() : this->connect(), this->owner, this->heard);
    this->heard = {};
    const auto had = this->messages();
    for (int i = 0; i < 30; ++i) this->add(i);
    this->await_answers(round);
    this->database.reset();
    this->owner.run_all();
    EXPECT_EQ(this->messages(), had + this->heard.kept) << round;
  }
}

// --- each engine's own troubles
// ------------------------------------------------------------------------------------

using SqliteThreadTest = DatabaseThreadTest<SqliteDatabase>;

TEST_F(SqliteThreadTest, SaysThatTheDiskIsFullAndGoesOnWhenItIsNot) {
  auto limited = connect_migrated();
  auto other = connect();
  other->sql() << "CREATE TABLE ballast (bytes TEXT)";
  other->sql() << "INSERT INTO ballast (bytes) VALUES (hex(zeroblob(400000)))";
  limited->sql() << "PRAGMA max_page_count = " + std::to_string(number(*limited, "PRAGMA page_count"));
  database = database_of(std::move(limited), owner, heard);
  const auto fill = [this] {
    database->transact(
        [](AccountRows& rows) {
          for (int i = 0; i < 2'000; ++i) rows.add_message({});
        },
        [this](const auto& result) { result ? ++heard.kept : ++heard.refused; });
  };
  fill();
  owner.run_until([this] { return !heard.sick.empty() || heard.answers() > 0; });
  EXPECT_THAT(heard.sick, ElementsAre(HasSubstr("full")));
  other->sql() << "DELETE FROM ballast";
  await_answers(1);
  EXPECT_EQ(heard.kept, 1);
  EXPECT_EQ(heard.well, 1);
  EXPECT_EQ(messages(), 2'000);
}

TEST_F(SqliteThreadTest, OpensADatabaseThatIsNotOpenYet) {
  connect_migrated()->close();
  database = database_of(std::make_unique<Connection>(engine->settings()), owner, heard);
  add(1);
  await_answers(1);
  EXPECT_EQ(heard.kept, 1);
}

using PostgresqlThreadTest = DatabaseThreadTest<PostgresqlDatabase>;

TEST_F(PostgresqlThreadTest, ConnectsAgainWhenItsConnectionWasCut) {
  auto connection = connect_migrated();
  const auto process = std::to_string(number(*connection, "SELECT pg_backend_pid()"));
  database = database_of(std::move(connection), owner, heard);
  auto other = connect();
  (void)number(*other, "SELECT CASE WHEN pg_terminate_backend(" + process + ", 60000) THEN 1 ELSE 0 END");
  add(1);
  await_answers(1);
  EXPECT_EQ(heard.kept, 1);
  EXPECT_THAT(heard.sick, SizeIs(1));
  EXPECT_EQ(heard.well, 1);
  EXPECT_EQ(messages(), 1);
}

TEST_F(PostgresqlThreadTest, WaitsForAServerThatIsDownAndTellsNoPassword) {
  PostgresqlServer own;
  auto settings = own.empty_database();
  settings.postgresql_url = base::Redacted(settings.postgresql_url.reveal() + " password=pa55word");
  auto connection = std::make_unique<Connection>(settings);
  connection->open();
  migrate_fully(*connection);
  database = database_of(std::move(connection), owner, heard);
  own.stop();
  for (int i = 0; i < 10; ++i) add(i);
  owner.run_until([this] { return !heard.sick.empty(); });
  own.start();
  ASSERT_EQ(own.problem(), "");
  await_answers(10);
  EXPECT_EQ(heard.kept, 10);
  EXPECT_EQ(heard.well, 1);
  ASSERT_THAT(heard.sick, SizeIs(1));
  EXPECT_THAT(heard.sick.front(), Not(HasSubstr("pa55word")));
  EXPECT_THAT(heard.sick.front(), Not(HasSubstr("/tmp")));
  Connection reader(settings);
  reader.open();
  EXPECT_EQ(number(reader, "SELECT COUNT(*) FROM login_messages"), 10);
}

TEST_F(PostgresqlThreadTest, GoesOnWithoutAConnectionThatStandsStill) {
  auto connection = connect_migrated();
  const auto backend = static_cast<pid_t>(number(*connection, "SELECT pg_backend_pid()"));
  database = database_of(std::move(connection), owner, heard, kShort);
  ASSERT_EQ(::kill(backend, SIGSTOP), 0);
  int asked = 0;
  // Whoever asks next finds out.
  for (; heard.kept == 0 && asked < 1'000; ++asked) {
    add(asked);
    owner.run_one_within(std::chrono::seconds(1));
  }
  ::kill(backend, SIGCONT);
  await_answers(asked);
  EXPECT_GT(heard.kept, 0);
  EXPECT_GT(heard.refused, 0);
  EXPECT_THAT(heard.sick, SizeIs(1));
  EXPECT_EQ(messages(), heard.kept) << "what was refused does not come true later";
}

// As when the network breaks while it is being kept: once more could decide otherwise.
TEST_F(PostgresqlThreadTest, TriesNothingAgainOfWhichItIsNotKnownWhetherItIsKept) {
  auto connection = connect_migrated();
  auto& sql = connection->sql();
  sql << "CREATE FUNCTION zvonok.die() RETURNS trigger LANGUAGE plpgsql AS"
         " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'";
  sql << "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON login_messages DEFERRABLE INITIALLY DEFERRED"
         " FOR EACH ROW EXECUTE FUNCTION zvonok.die()";
  database = database_of(std::move(connection), owner, heard);
  int runs = 0;
  database->transact(
      [&runs](AccountRows& rows) {
        ++runs;
        rows.add_message(base::WallTime(base::Duration(1)));
      },
      [this](const auto& result) { result ? ++heard.kept : ++heard.refused; });
  await_answers(1);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(heard.refused, 1);
  EXPECT_THAT(heard.sick, SizeIs(1));
  connect()->sql() << "DROP TRIGGER die ON login_messages";
  add(2);
  await_answers(2);
  EXPECT_EQ(heard.kept, 1) << "it connects again";
}

// As a machine that swaps, or whose disk hangs: it neither answers nor closes.
TEST_F(PostgresqlThreadTest, EndsSoonWhenItsServerStandsStill) {
  auto connection = connect_migrated();
  const auto backend = static_cast<pid_t>(number(*connection, "SELECT pg_backend_pid()"));
  database = database_of(std::move(connection), owner, heard);
  ASSERT_EQ(::kill(backend, SIGSTOP), 0);
  for (int i = 0; i < 10; ++i) add(i);
  const auto before = std::chrono::steady_clock::now();
  database.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3 * Database::kLastWordsMax);
  ::kill(backend, SIGCONT);
  EXPECT_EQ(heard.kept, 0);
}

TEST_F(PostgresqlThreadTest, SaysWhyAServerIsNotThereInAFewWords) {
  database = database_of(std::make_unique<Connection>(DatabaseSettings{
                             .sqlite_file = {},
                             .postgresql_url = base::Redacted(
                                 std::string("postgresql://me:pa55word@/none?host=/no/such/folder"))}),
                         owner, heard, kShort);
  add(1);
  await_answers(1);
  EXPECT_THAT(heard.sick, ElementsAre("No such file or directory"));
}

/// What the contract of the port wants of an adapter.
template <class Engine>
struct Store : Engine {
  Store() {
    auto connection = std::make_unique<Connection>(this->settings());
    connection->open();
    migrate_fully(*connection);
    database = database_of(std::move(connection), owner, heard);
  }
  ports::AccountStore& store() { return *database; }
  void run_loop_once() { EXPECT_TRUE(owner.run_one()); }

  base::TestOwner owner;
  Heard heard;
  std::unique_ptr<Database> database;
};

}  // namespace
}  // namespace zvonok::storage

namespace zvonok::ports {
namespace {

using Stores =
    ::testing::Types<storage::Store<storage::SqliteDatabase>, storage::Store<storage::PostgresqlDatabase>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Sql, AccountStoreContract, Stores);

}  // namespace
}  // namespace zvonok::ports
