// A backup takes people back to what they were; who is logged in must not go back with them: a session that
// was ended, or a refresh token that was used up, would be good again.
#pragma once

#include <string>

#include "base/time.hpp"
#include "storage/connection.hpp"

namespace zvonok::storage {

/// Whether there are people, sessions or invitations. Throws DatabaseError.
bool has_anybody(Connection& connection);

/// SQLite: puts what `now_file` knows of sessions, invitations, codes and messages in the place of what
/// `backup` knows of them; sessions of people who are not in the backup end. Both have the last version of
/// the tables. Throws DatabaseError, and changes nothing then.
void keep_logins(Connection& backup, const std::string& now_file, base::WallTime now);

}  // namespace zvonok::storage
