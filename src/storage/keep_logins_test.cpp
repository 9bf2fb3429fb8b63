#include "storage/keep_logins.hpp"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "base/test_folder.hpp"
#include "storage/database_error.hpp"
#include "storage/migrations.hpp"
#include "storage/sql_account_rows.hpp"

namespace zvonok::storage {
namespace {

using base::minutes;

class KeepLoginsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (auto* connection : {&backup, &present}) {
      connection->open();
      migrate(*connection, migrations(), [](int) {});
      put_user(*connection, "anna");
      put_session(*connection, {.id = "hers", .user = "anna", .rotated_at = now, .created_at = now});
    }
  }

  static void put_user(Connection& connection, const std::string& id) {
    transact(connection, [&](auto& rows) { rows.put_user({.id = id, .name = id, .name_key = id}); });
  }
  static void put_session(Connection& connection, const ports::LoginSession& session) {
    transact(connection, [&](auto& rows) { rows.put_session(session); });
  }
  static void put_invite(Connection& connection, const ports::Invite& invite) {
    transact(connection, [&](auto& rows) { rows.put_invite(invite); });
  }
  static std::optional<ports::LoginSession> session(Connection& connection, const std::string& id) {
    std::optional<ports::LoginSession> found;
    transact(connection, [&](auto& rows) { found = rows.session(id); });
    return found;
  }
  void keep() { keep_logins(backup, file("present"), now); }
  std::string file(const std::string& name) const { return folder.path(name + ".db"); }

  const base::WallTime now{base::seconds(1'700'000'000)};
  const base::TestFolder folder;
  Connection backup{{.sqlite_file = file("backup")}}, present{{.sqlite_file = file("present")}};
};

TEST_F(KeepLoginsTest, LeavesSessionsEndedThatHaveEnded) {
  put_session(
      present,
      {.id = "hers", .user = "anna", .rotated_at = now, .created_at = now, .ended_at = now - minutes(1)});
  keep();
  EXPECT_EQ(session(backup, "hers")->ended_at, now - minutes(1));
}

TEST_F(KeepLoginsTest, ForgetsSessionsThatWereForgotten) {
  put_session(backup, {.id = "of long ago", .user = "anna", .rotated_at = now, .created_at = now});
  keep();
  EXPECT_FALSE(session(backup, "of long ago"));
}

TEST_F(KeepLoginsTest, LeavesUsedUpWhatIsUsedUp) {
  put_session(present, {.id = "hers", .user = "anna", .n = 7, .rotated_at = now, .created_at = now});
  put_invite(backup, {.token_hash = "00", .expires_at = now});
  put_invite(present, {.token_hash = "00", .expires_at = now, .used_at = now, .used_by = "anna"});
  keep();
  EXPECT_EQ(session(backup, "hers")->n, 7);
  transact(backup, [&](auto& rows) { EXPECT_EQ(rows.invite("00")->used_at, now); });
}

TEST_F(KeepLoginsTest, LeavesPeopleAsTheBackupHasThemAndEndsTheSessionsOfOthers) {
  put_user(present, "boris");
  put_session(present, {.id = "his", .user = "boris", .rotated_at = now, .created_at = now});
  keep();
  transact(backup, [](auto& rows) {
    EXPECT_TRUE(rows.user("anna"));
    EXPECT_FALSE(rows.user("boris"));
  });
  EXPECT_EQ(session(backup, "hers")->ended_at, std::nullopt);
  EXPECT_EQ(session(backup, "his")->ended_at, now);
}

TEST_F(KeepLoginsTest, TakesCodesAndWhatLimitsCount) {
  const ports::LoginState state{.code_hash = "00", .asked_at = {now}, .tries_full_at = now + minutes(60)};
  transact(present, [&](auto& rows) {
    rows.put_login_state("+79990000001", state);
    rows.add_message(now);
  });
  keep();
  transact(backup, [&](auto& rows) {
    EXPECT_EQ(rows.login_state("+79990000001"), state);
    EXPECT_EQ(rows.messages_between(now - minutes(1), now), 1u);
  });
}

TEST_F(KeepLoginsTest, ChangesNothingWhenTheOtherFileIsNoGood) {
  transact(backup, [](auto& rows) { rows.put_login_state("+79990000001", {.code_hash = "00"}); });
  present.sql() << "DROP TABLE login_sessions";
  EXPECT_THROW(keep(), DatabaseError);
  transact(backup, [](auto& rows) { EXPECT_TRUE(rows.login_state("+79990000001")) << "the first table"; });
}

TEST_F(KeepLoginsTest, FindsOutWhetherThereIsAnybody) {
  EXPECT_TRUE(has_anybody(present));
  for (const std::string table : {"users", "login_sessions"}) present.sql() << "DELETE FROM " + table;
  EXPECT_FALSE(has_anybody(present));
  put_invite(present, {.token_hash = "00", .expires_at = now});
  EXPECT_TRUE(has_anybody(present));
}

}  // namespace
}  // namespace zvonok::storage
