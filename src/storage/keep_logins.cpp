#include "storage/keep_logins.hpp"

#include <soci/soci.h>

#include "storage/database_error.hpp"
#include "storage/row_values.hpp"

namespace zvonok::storage {

bool has_anybody(Connection& connection) {
  try {
    long long count = 0;
    for (const std::string table : {"users", "login_sessions", "invites"}) {
      connection.sql() << "SELECT COUNT(*) FROM " + table, soci::into(count);
      if (count > 0) return true;
    }
    return false;
  } catch (...) {
    rethrow_as_database_error();
  }
}

void keep_logins(Connection& backup, const std::string& now_file, base::WallTime now) {
  try {
    auto& sql = backup.sql();
    sql << "ATTACH DATABASE :file AS present", soci::use(now_file, "file");
    backup.in_transaction([&] {
      for (const std::string table : {"login_states", "login_messages", "invites", "login_sessions"}) {
        sql << "DELETE FROM main." + table;
        // The same steps have made both, so the columns are the same in the same order.
        sql << "INSERT INTO main." + table + " SELECT * FROM present." + table;
      }
      const long long ended_at = in_ms(now);
      sql << "UPDATE main.login_sessions SET ended_at = :ended_at"
             " WHERE ended_at IS NULL AND user_id NOT IN (SELECT id FROM main.users)",
          soci::use(ended_at, "ended_at");
    });
    sql << "DETACH DATABASE present";
  } catch (...) {
    rethrow_as_database_error();
  }
}

}  // namespace zvonok::storage
