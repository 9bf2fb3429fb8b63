// The commands of an operator beside or instead of the server: each returns what it has to say, or why it was
// not done.
#pragma once

#include <string>

#include "app/command_line.hpp"
#include "app/settings.hpp"
#include "base/result.hpp"

namespace zvonok::app {

/// A whole sentence either way.
using Told = base::Result<std::string, std::string>;

/// Does what the command says: one of those below.
Told maintain(const Command& command, const Settings& settings);

/// A token for `command.user`. With --dev signed with the secret that the server made.
Told make_token(const Command& command, const Settings& settings);

/// A link by which one person becomes a user, within a week. Beside a running server.
Told make_invite(const Settings& settings);

/// Copies the database into a new file (mode 0600). Beside a running server. SQLite only.
Told back_up(const Settings& settings, const std::string& file);

/// Makes the database what that file is, but for sessions, invitations, codes and messages, unless there are
/// none now (storage/keep_logins.hpp); what it was is kept as `zvonok.db.before-restore`. Not while a server
/// runs.
Told restore(const Settings& settings, const std::string& file);

/// Forgets a user, by their id, phone number or e-mail address, and all that is kept of them. Not while a
/// server runs.
Told erase_user(const Settings& settings, const std::string& id);

}  // namespace zvonok::app
