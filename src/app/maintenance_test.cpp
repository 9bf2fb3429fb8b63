#include "app/maintenance.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "accounts/registration.hpp"
#include "app/data_folder.hpp"
#include "app/database.hpp"
#include "auth/login_secrets.hpp"
#include "base/test_folder.hpp"
#include "net/clock.hpp"
#include "storage/migrations.hpp"
#include "storage/sql_account_rows.hpp"

namespace zvonok::app {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class MaintenanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    umask_ = ::umask(0022);
    settings.data_dir = folder.path("data");
    settings.login_enabled = true;
  }
  void TearDown() override { ::umask(umask_); }

  static std::string said(const Told& told) { return told ? *told : "not done: " + told.error(); }
  std::string database() const { return settings.data_dir + "/zvonok.db"; }
  std::string backup() const { return folder.path("backup.db"); }
  static auto is_restored() { return HasSubstr("zvonok.db is as "); }
  std::string read(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  unsigned mode_of(const std::string& path) const {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 07777U : 0;
  }

  /// Beside whatever else has the database open.
  void transact(const std::function<void(ports::AccountRows&)>& rule) {
    ASSERT_TRUE(prepare_data_folder(settings.data_dir));
    const auto connection = open_database(settings, Use::kBesideServer);
    ASSERT_TRUE(connection) << connection.error();
    storage::transact(**connection, rule);
  }
  void put_user(const std::string& id, const std::string& phone = {}) {
    transact([&](ports::AccountRows& rows) {
      rows.put_user({.id = id,
                     .name = "Name of " + id,
                     .name_key = id,
                     .avatar = {},
                     .phone = phone,
                     .email = {},
                     .created_at = {}});
    });
  }
  bool has_user(const std::string& id) {
    bool has = false;
    transact([&](ports::AccountRows& rows) { has = rows.user(id).has_value(); });
    return has;
  }
  /// Files in the data folder that a command has left there.
  std::vector<std::string> drafts() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(settings.data_dir)) {
      const auto name = entry.path().filename().string();
      if (name.starts_with("backup.") || name.starts_with("restore.")) found.push_back(name);
    }
    return found;
  }

  const base::TestFolder folder;
  Settings settings;

 private:
  mode_t umask_ = 0;
};

// --- invitations
// ---------------------------------------------------------------------------------------------------

TEST_F(MaintenanceTest, MakesNoInvitationWhereThereCanBeNoDatabase) {
  settings.data_dir = folder.write("file", "text");
  EXPECT_THAT(said(make_invite(settings)), AllOf(StartsWith("not done: "), HasSubstr("is no folder")));
}

// With other settings than the server's it would be an invitation to nowhere.
TEST_F(MaintenanceTest, MakesNoInvitationWhereNobodyLogsIn) {
  settings.login_enabled = false;
  EXPECT_THAT(said(make_invite(settings)),
              AllOf(StartsWith("not done: "), HasSubstr("login.enabled is false")));
  EXPECT_FALSE(fs::exists(settings.data_dir));
}

TEST_F(MaintenanceTest, MakesALinkWhoseTokenIsKeptAsAHash) {
  settings.public_url = "https://call.example.org";
  const auto link = said(make_invite(settings));
  ASSERT_THAT(link, AllOf(StartsWith("https://call.example.org/#invite="), EndsWith("\n")));
  const auto token = link.substr(link.find('=') + 1, 22);
  EXPECT_EQ(link.size(), std::string("https://call.example.org/#invite=").size() + 22 + 1) << "128 bits";
  EXPECT_EQ(read(database()).find(token), std::string::npos);
  transact([&](ports::AccountRows& rows) {
    const auto invite = rows.invite(auth::invite_hash(token));
    ASSERT_TRUE(invite);
    EXPECT_FALSE(invite->used_at);
    EXPECT_LE(invite->expires_at, net::wall_now() + accounts::kInviteLife);
    EXPECT_GT(invite->expires_at, net::wall_now() + accounts::kInviteLife - base::minutes(10));
  });
}

TEST_F(MaintenanceTest, MakesAnotherLinkEachTime) {
  settings.port = 4000;
  const auto first = said(make_invite(settings)), second = said(make_invite(settings));
  EXPECT_NE(first, second);
  EXPECT_THAT(first, StartsWith("http://localhost:4000/#invite="));
  settings.tls_cert = "cert.pem";
  EXPECT_THAT(said(make_invite(settings)), StartsWith("https://localhost:4000/#invite="));
  settings.public_url = "https://call.example.org/";
  EXPECT_THAT(said(make_invite(settings)), StartsWith("https://call.example.org/#invite="));
}

TEST_F(MaintenanceTest, MakesAnInvitationBesideARunningServer) {
  put_user("anna");
  const auto lock = FolderLock::take(settings.data_dir);
  ASSERT_TRUE(lock);
  const auto server = open_database(settings, Use::kAlone);
  ASSERT_TRUE(server);
  EXPECT_THAT(said(make_invite(settings)), StartsWith("http"));
}

TEST_F(MaintenanceTest, LeavesItsFilesToTheOwnerOfTheFolder) {
  const uid_t owner = ::geteuid() == 0 ? 65534 : ::geteuid();
  fs::permissions(folder.path(""), fs::perms(0755));
  ASSERT_TRUE(prepare_data_folder(settings.data_dir));
  ASSERT_EQ(::chown(settings.data_dir.c_str(), owner, static_cast<gid_t>(-1)), 0);
  EXPECT_THAT(said(make_invite(settings)), StartsWith("http"));
  EXPECT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  EXPECT_THAT(said(restore(settings, backup())), is_restored());
  EXPECT_EQ(said(erase_user(settings, "anna")), "not done: there is no user anna");
  int files = 0;
  for (const auto& entry : fs::directory_iterator(settings.data_dir)) {
    struct stat found {};
    ASSERT_EQ(::stat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, owner) << entry.path();
    EXPECT_EQ(found.st_mode & 077U, 0u) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3) << "the database, its lock and what it was before";
  struct stat found {};
  ASSERT_EQ(::stat(backup().c_str(), &found), 0);
  EXPECT_EQ(found.st_uid, ::geteuid()) << "the copy is of whoever made it";
}

// --- backups
// -------------------------------------------------------------------------------------------------------

TEST_F(MaintenanceTest, WritesNoBackupOverAFile) {
  put_user("anna");
  folder.write("backup.db", "the last good one");
  EXPECT_THAT(said(back_up(settings, backup())),
              AllOf(StartsWith("not done: "), HasSubstr("is there already")));
  EXPECT_EQ(read(backup()), "the last good one");
  EXPECT_THAT(said(back_up(settings, database())), HasSubstr("is there already"));
  EXPECT_TRUE(has_user("anna"));
}

TEST_F(MaintenanceTest, WritesNoBackupThroughALink) {
  put_user("anna");
  fs::create_symlink(folder.path("elsewhere"), backup());
  EXPECT_THAT(said(back_up(settings, backup())), HasSubstr("cannot be written"));
  EXPECT_FALSE(fs::exists(folder.path("elsewhere")));
}

TEST_F(MaintenanceTest, SaysWhatKeepsItFromABackup) {
  EXPECT_THAT(said(back_up(settings, backup())), HasSubstr("zvonok.db is not there"));
  EXPECT_FALSE(fs::exists(settings.data_dir)) << "and makes no database";
  put_user("anna");
  EXPECT_THAT(said(back_up(settings, folder.path("none/backup.db"))),
              HasSubstr("cannot be written: No such file"));
  EXPECT_THAT(drafts(), ::testing::IsEmpty());
  settings.database_url = Secret("postgresql://localhost/none");
  EXPECT_THAT(said(back_up(settings, backup())), HasSubstr("pg_dump --schema=zvonok"));
}

TEST_F(MaintenanceTest, SaysThatADamagedDatabaseCannotBeCopied) {
  ASSERT_TRUE(prepare_data_folder(settings.data_dir));
  folder.write("data/zvonok.db", std::string(10'000, 'x'));
  EXPECT_THAT(said(back_up(settings, backup())),
              AllOf(HasSubstr("cannot be copied"), HasSubstr("not a database")));
  EXPECT_FALSE(fs::exists(backup()));
}

TEST_F(MaintenanceTest, CopiesTheDatabaseBesideARunningServer) {
  put_user("anna");
  const auto lock = FolderLock::take(settings.data_dir);
  const auto server = open_database(settings, Use::kAlone);
  ASSERT_TRUE(lock && server);
  put_user("boris");  // is in the server's log only
  EXPECT_EQ(said(back_up(settings, backup())), backup() + " is a copy of the database\n");
  EXPECT_EQ(mode_of(backup()), 0600u);
  EXPECT_FALSE(fs::exists(backup() + "-wal"));
  EXPECT_THAT(drafts(), ::testing::IsEmpty());
  storage::Connection copy({.sqlite_file = backup()});
  copy.open();
  EXPECT_EQ(copy.integrity_problem(), "");
  storage::transact(copy,
                    [](ports::AccountRows& rows) { EXPECT_TRUE(rows.user("anna") && rows.user("boris")); });
}

// --- restoring
// -----------------------------------------------------------------------------------------------------

class RestoreTest : public MaintenanceTest {
 protected:
  /// The database stays as it is, and the reason is told.
  void expect_refused(const std::string& file, const std::string& why) {
    EXPECT_THAT(said(restore(settings, file)), AllOf(StartsWith("not done: "), HasSubstr(why)));
    EXPECT_TRUE(has_user("anna"));
    EXPECT_THAT(drafts(), ::testing::IsEmpty());
    EXPECT_FALSE(fs::exists(database() + ".before-restore"));
  }
  /// As root alone the folder can be somebody's who has no right to what we may read.
  void give_away_as_root() {
    fs::permissions(folder.path(""), fs::perms(0755));
    if (::geteuid() != 0) return;
    for (const auto& entry : fs::recursive_directory_iterator(settings.data_dir))
      ASSERT_EQ(::chown(entry.path().c_str(), 65534, 65534), 0);
    ASSERT_EQ(::chown(settings.data_dir.c_str(), 65534, 65534), 0);
  }
  void put_session(const ports::LoginSession& session) {
    transact([&session](ports::AccountRows& rows) { rows.put_session(session); });
  }
  /// A session of hers, which is in the backup.
  ports::LoginSession logged_in_and_backed_up() {
    put_user("anna");
    const auto now = net::wall_now();
    ports::LoginSession session{.id = "hers", .user = "anna", .rotated_at = now, .created_at = now};
    put_session(session);
    EXPECT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
    return session;
  }
  void expect_session(const ports::LoginSession& session) {
    transact([&session](ports::AccountRows& rows) { EXPECT_EQ(rows.session(session.id), session); });
  }
};

TEST_F(RestoreTest, RefusesJunkAndWhatIsNotThere) {
  put_user("anna");
  expect_refused(folder.path("none.db"), "cannot be copied: No such file");
  expect_refused(folder.path(""), "cannot be copied: Is a directory");
  expect_refused(folder.write("junk.db", std::string(10'000, 'x')), "cannot be read as a database");
  expect_refused(folder.write("empty.db", ""), "is no database of zvonok");
}

TEST_F(RestoreTest, RefusesADatabaseOfSomethingElse) {
  put_user("anna");
  {
    storage::Connection theirs({.sqlite_file = folder.path("theirs.db")});
    theirs.open();
    theirs.in_transaction([] {});
    storage::migrate(theirs, std::vector<storage::Migration>(), [](int) {});
  }
  expect_refused(folder.path("theirs.db"), "is no database of zvonok");
}

TEST_F(RestoreTest, RefusesADatabaseOfANewerZvonok) {
  put_user("anna");
  const auto newer = folder.path("newer.db");
  {
    storage::Connection connection({.sqlite_file = newer});
    connection.open();
    const std::vector<storage::Migration> steps(
        storage::migrations().size() + 1, storage::Migration{"CREATE TABLE IF NOT EXISTS t (n BIGINT)"});
    storage::migrate(connection, steps, [](int) {});
    connection.empty_log();
  }
  expect_refused(newer, "is of a newer zvonok");
}

TEST_F(RestoreTest, RefusesADamagedDatabase) {
  for (int i = 0; i < 300; ++i) put_user("user" + std::to_string(i));
  put_user("anna");
  ASSERT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  std::fstream bytes(backup(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(fs::file_size(backup()) / 2));
  bytes << std::string(4'096, 'x');
  bytes.close();
  expect_refused(backup(), "is damaged: ");
}

TEST_F(RestoreTest, RefusesACopyThatWasMadeByHandOfHalfADatabase) {
  put_user("anna");
  ASSERT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  folder.write("backup.db-wal", "what is newer");
  expect_refused(backup(), "make copies by zvonok backup");
}

TEST_F(RestoreTest, RefusesWhileAServerRuns) {
  put_user("anna");
  ASSERT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  const auto lock = FolderLock::take(settings.data_dir);
  expect_refused(backup(), "in use by another zvonok");
}

TEST_F(RestoreTest, SendsWhoHasPostgresqlToItsOwnTools) {
  settings.database_url = Secret("postgresql://localhost/none");
  EXPECT_THAT(said(restore(settings, backup())), HasSubstr("psql"));
}

TEST_F(RestoreTest, SaysWhatToDoWithADatabaseThatIsDamagedItself) {
  put_user("anna");
  ASSERT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  for (const auto* suffix : {"", "-wal", "-shm"}) fs::remove(database() + suffix);
  folder.write("data/zvonok.db", std::string(10'000, 'x'));
  EXPECT_THAT(said(restore(settings, backup())),
              AllOf(HasSubstr("nothing was restored"), HasSubstr("move it and its -wal and -shm away")));
  fs::remove(database());
  EXPECT_THAT(said(restore(settings, backup())), is_restored());
  EXPECT_TRUE(has_user("anna"));
}

TEST_F(RestoreTest, MakesTheDatabaseWhatItWasAndKeepsWhatItHadBecome) {
  put_user("anna");
  ASSERT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  put_user("boris");
  EXPECT_THAT(said(restore(settings, backup())),
              AllOf(HasSubstr(database() + " is as " + backup()), HasSubstr("zvonok.db.before-restore")));
  EXPECT_TRUE(has_user("anna"));
  EXPECT_FALSE(has_user("boris"));
  EXPECT_THAT(drafts(), ::testing::IsEmpty());
  EXPECT_EQ(mode_of(database() + ".before-restore"), 0600u);
  EXPECT_THAT(said(restore(settings, database() + ".before-restore")), is_restored());
  EXPECT_TRUE(has_user("boris")) << "and back";
}

// Else a restore would let in again who had logged out, or whose token was stolen.
TEST_F(RestoreTest, LeavesSessionsEndedThatEndedSinceTheBackup) {
  auto session = logged_in_and_backed_up();
  session.ended_at = session.rotated_at;
  put_session(session);
  EXPECT_THAT(said(restore(settings, backup())), AllOf(is_restored(), HasSubstr("but for sessions")));
  expect_session(session);
}

// As on a new machine whose server was started before anybody thought of the backup.
TEST_F(RestoreTest, TakesTheWholeBackupInThePlaceOfADatabaseWithNobodyInIt) {
  const auto session = logged_in_and_backed_up();
  settings.data_dir = folder.path("new");
  transact([](ports::AccountRows& /*rows*/) { /* it makes the tables */ });
  EXPECT_THAT(said(restore(settings, backup())), AllOf(is_restored(), ::testing::Not(HasSubstr("but for"))));
  expect_session(session);
}

// As root it would copy what only root may read into a folder of somebody else.
TEST_F(RestoreTest, FollowsALinkInTheFolderOnlyAsItsOwner) {
  put_user("anna");
  give_away_as_root();
  fs::permissions(folder.write("secret", "of root alone"), fs::perms(0000));
  fs::create_symlink(folder.path("secret"), settings.data_dir + "/zvonok.db.before-restore");
  EXPECT_THAT(said(restore(settings, settings.data_dir + "/zvonok.db.before-restore")),
              HasSubstr("cannot be copied: Permission denied"));
}

// As after an update that is taken back: what the newer zvonok had written, nobody here can read.
TEST_F(RestoreTest, TakesTheWholeBackupInThePlaceOfANewerDatabase) {
  const auto session = logged_in_and_backed_up();
  {
    storage::Connection connection({.sqlite_file = database()});
    connection.open();
    std::vector<storage::Migration> steps(storage::migrations().begin(), storage::migrations().end());
    steps.push_back({"DROP TABLE login_sessions"});
    storage::migrate(connection, steps, [](int) {});
  }
  EXPECT_THAT(said(restore(settings, backup())), is_restored());
  expect_session(session);
}

TEST_F(RestoreTest, TakesABackupThatNobodyMayWriteAndLeavesItSo) {
  put_user("anna");
  ASSERT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  fs::permissions(backup(), fs::perms(0400));
  const auto before = read(backup());
  give_away_as_root();
  EXPECT_THAT(said(restore(settings, backup())), is_restored());
  EXPECT_EQ(read(backup()), before);
  EXPECT_EQ(mode_of(backup()), 0400u);
}

TEST_F(RestoreTest, FillsAFolderThatIsNew) {
  put_user("anna");
  ASSERT_THAT(said(back_up(settings, backup())), HasSubstr("is a copy"));
  settings.data_dir = folder.path("new");
  EXPECT_THAT(said(restore(settings, backup())), is_restored());
  EXPECT_TRUE(has_user("anna"));
}

// --- erasing
// -------------------------------------------------------------------------------------------------------

TEST_F(MaintenanceTest, ErasesNobodyWhileAServerRuns) {
  put_user("anna");
  const auto lock = FolderLock::take(settings.data_dir);
  EXPECT_THAT(said(erase_user(settings, "anna")), HasSubstr("in use by another zvonok"));
  EXPECT_TRUE(has_user("anna"));
}

TEST_F(MaintenanceTest, ErasesNobodyByAWrongId) {
  put_user("anna");
  EXPECT_EQ(said(erase_user(settings, "ann")), "not done: there is no user ann");
  EXPECT_EQ(said(erase_user(settings, "%")), "not done: there is no user %");
  EXPECT_EQ(said(erase_user(settings, "")), "not done: there is no user ");
  EXPECT_TRUE(has_user("anna"));
}

TEST_F(MaintenanceTest, ErasesNobodyWhereThereIsNoFolder) {
  EXPECT_THAT(said(erase_user(settings, "anna")), StartsWith("not done: "));
  EXPECT_FALSE(fs::exists(settings.data_dir));
}

TEST_F(MaintenanceTest, ErasesAPersonByTheirAddressInAnyForm) {
  settings.login_default_country = "RU";
  const std::vector<std::string> forms{"+7 999 000-00-01", "8 (999) 000-00-01", "anna@EXAMPLE.org"};
  for (const auto& form : forms) {
    transact([](ports::AccountRows& rows) {
      rows.put_user({.id = "anna",
                     .name = {},
                     .name_key = {},
                     .avatar = {},
                     .phone = "+79990000001",
                     .email = "anna@example.org",
                     .created_at = {}});
    });
    EXPECT_EQ(said(erase_user(settings, form)), "user anna is erased; backups still have them\n") << form;
    EXPECT_FALSE(has_user("anna"));
  }
  EXPECT_THAT(said(erase_user(settings, "+79990000001")), HasSubstr("there is no user"));
}

TEST_F(MaintenanceTest, ErasesWhoHasTheIdBeforeWhoHasTheAddress) {
  put_user("anna", "+79990000001");
  put_user("+79990000001");
  EXPECT_EQ(said(erase_user(settings, "+79990000001")),
            "user +79990000001 is erased; backups still have them\n");
  EXPECT_TRUE(has_user("anna"));
}

TEST_F(MaintenanceTest, ErasesAPersonFromEveryFile) {
  put_user("anna", "+79990000001");
  put_user("boris", "+79990000002");
  transact([](ports::AccountRows& rows) {
    ports::LoginState state;
    state.asked_at = {net::wall_now()};
    rows.put_login_state("+79990000001", state);
    rows.put_session({.id = "session",
                      .user = "anna",
                      .n = 1,
                      .device = "annas-phone",
                      .rotated_at = net::wall_now(),
                      .created_at = {},
                      .ended_at = {}});
  });
  EXPECT_EQ(said(erase_user(settings, "anna")), "user anna is erased; backups still have them\n");
  EXPECT_FALSE(has_user("anna"));
  EXPECT_TRUE(has_user("boris"));
  for (const auto& entry : fs::directory_iterator(settings.data_dir)) {
    const auto bytes = read(entry.path().string());
    for (const auto* trace : {"Name of anna", "+79990000001", "annas-phone"})
      EXPECT_EQ(bytes.find(trace), std::string::npos) << entry.path() << " has " << trace;
  }
  transact([](ports::AccountRows& rows) {
    const auto session = rows.session("session");
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->ended_at) << "its tokens must be refused when the server starts again";
  });
}

}  // namespace
}  // namespace zvonok::app
