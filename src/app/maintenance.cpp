#include "app/maintenance.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include "accounts/email.hpp"
#include "accounts/phone.hpp"
#include "accounts/registration.hpp"
#include "app/data_folder.hpp"
#include "app/database.hpp"
#include "app/file_copy.hpp"
#include "app/keys.hpp"
#include "app/wiring.hpp"
#include "auth/jwt_signer.hpp"
#include "auth/login_secrets.hpp"
#include "base/assert.hpp"
#include "net/clock.hpp"
#include "storage/database_error.hpp"
#include "storage/keep_logins.hpp"
#include "storage/migrations.hpp"
#include "storage/sql_account_rows.hpp"

namespace zvonok::app {
namespace {

namespace fs = std::filesystem;
using base::Unexpected;

constexpr std::size_t kInviteBytes = 16;

std::string link_of(const Settings& settings, const std::string& token) {
  const std::string scheme = settings.tls_cert.empty() ? "http" : "https";
  auto url = settings.public_url.empty() ? scheme + "://localhost:" + std::to_string(settings.port)
                                         : settings.public_url;
  if (!url.ends_with('/')) url += '/';
  // A fragment is sent to no server, and so reaches no log, no proxy and no scanner of links.
  return url + "#invite=" + token;
}

bool is_sqlite(const Settings& settings) {
  return database_settings(settings).engine() == storage::Engine::kSqlite;
}

// What is wrong with a file that is to be a database of ours, as the end of a sentence; empty: nothing.
std::string problem_of_backup(const std::string& file) {
  try {
    storage::Connection connection({.sqlite_file = file});
    connection.open();
    if (const auto problem = connection.integrity_problem(); !problem.empty())
      return "is damaged: " + problem;
    const int version = storage::schema_version(connection);
    if (version < 1) return "is no database of zvonok";
    if (static_cast<std::size_t>(version) > storage::migrations().size())
      return "is of a newer zvonok: restore it with that one";
  } catch (const storage::DatabaseError& problem) {
    return "cannot be read as a database: " + std::string(problem.what());
  }
  return {};
}

// False: there are none. A folder that is new has no logins to keep, and those of a newer zvonok cannot be
// read.
bool keep_logins_of(storage::Connection& present, const std::string& draft) {
  const auto version = static_cast<std::size_t>(storage::schema_version(present));
  if (version == 0 || version > storage::migrations().size() || !storage::has_anybody(present)) return false;
  storage::Connection backup({.sqlite_file = draft});
  backup.open();
  for (auto* connection : {&present, &backup})
    storage::migrate(*connection, storage::migrations(), [](int) { /* both are copies, or have one */ });
  storage::keep_logins(backup, present.settings().sqlite_file, net::wall_now());
  backup.empty_log();
  return true;
}

// What lies in the folder is read as its owner, who may have put a link there to what only we can read.
bool lies_within(const std::string& folder, const std::string& file) {
  std::error_code error;
  const auto place = fs::weakly_canonical(fs::absolute(file, error).parent_path(), error).string() + "/";
  return place.starts_with(fs::canonical(folder, error).string() + "/");
}

// Whatever a rule does with the rows, as the owner of the data folder.
template <class T>
base::Result<T, std::string> with_rows(const Settings& settings, Use use,
                                       const std::function<T(ports::AccountRows&)>& rule) {
  auto connection = open_database(settings, use);
  if (!connection) return Unexpected{connection.error()};
  T result{};
  const auto& database = (*connection)->settings();
  const auto done = with_patience(database, [&] {
    storage::transact(**connection, [&](ports::AccountRows& rows) { result = rule(rows); });
  });
  if (!done) return Unexpected{done.error()};
  if (!is_sqlite(settings)) return result;
  // So that what was erased is gone from the log as well; beside a server it stays until that one empties it.
  const auto emptied = with_patience(database, [&] { (*connection)->empty_log(); });
  if (!emptied) return Unexpected{emptied.error()};
  return result;
}

}  // namespace

Told maintain(const Command& command, const Settings& settings) {
  switch (command.verb) {
    case Command::Verb::kToken:
      return make_token(command, settings);
    case Command::Verb::kInvite:
      return make_invite(settings);
    case Command::Verb::kBackup:
      return back_up(settings, command.subject);
    case Command::Verb::kRestore:
      return restore(settings, command.subject);
    case Command::Verb::kEraseUser:
      return erase_user(settings, command.subject);
    default:
      ZVONOK_UNREACHABLE("no command of an operator");
  }
}

Told make_token(const Command& command, const Settings& settings) {
  Secret secret = settings.jwt_secret;
  if (command.dev && secret.reveal().empty()) {
    auto made = dev_secret(settings.data_dir);
    if (!made) return Unexpected{made.error()};
    secret = *std::move(made);
  }
  if (secret.reveal().empty()) {
    return Unexpected{
        std::string("there is no secret to sign with: set JWT_SECRET (or jwt_secret in zvonok.toml) to the "
                    "one that the server "
                    "has; with a JWKS alone, tokens come from whoever holds the private key")};
  }
  const auto now = net::wall_now();
  const auto token = auth::JwtSigner(jwt_options(settings), secret)
                         .sign({.user = command.user, .issued_at = now, .expires_at = now + command.ttl});
  if (!token) return Unexpected{std::string("--user must be 1 to 512 bytes of UTF-8 without U+0000")};
  return *token + "\n";
}

Told make_invite(const Settings& settings) {
  ::umask(0077);
  // With other settings than the server's it would be an invitation to nowhere.
  if (!settings.login_enabled)
    return Unexpected{
        std::string("login.enabled is false in these settings: give those of the server (--config FILE, or "
                    "its variables)")};
  if (auto prepared = prepare_data_folder(settings.data_dir); !prepared) return Unexpected{prepared.error()};
  const auto owner = AsOwnerOf::become(settings.data_dir);
  if (!owner) return Unexpected{owner.error()};
  const auto token = auth::random_base64url(kInviteBytes);
  const ports::Invite invite{.token_hash = auth::invite_hash(token),
                             .expires_at = net::wall_now() + accounts::kInviteLife,
                             .used_at = std::nullopt,
                             .used_by = {}};
  const auto kept = with_rows<bool>(settings, Use::kBesideServer, [&invite](ports::AccountRows& rows) {
    rows.put_invite(invite);
    return true;
  });
  if (!kept) return Unexpected{kept.error()};
  return link_of(settings, token) + "\n";
}

Told back_up(const Settings& settings, const std::string& file) {
  ::umask(0077);
  if (!is_sqlite(settings))
    return Unexpected{std::string("the database is PostgreSQL: back it up with pg_dump --schema=zvonok")};
  // A file that is there might be the last good backup, or the database itself.
  std::error_code error;
  if (fs::exists(file, error)) return Unexpected{file + " is there already: give a name that is new"};
  const auto database = database_settings(settings);
  if (!fs::exists(database.sqlite_file, error)) return Unexpected{database.sqlite_file + " is not there"};
  const Draft draft(settings.data_dir + "/backup." + std::to_string(::getpid()));
  std::optional<Source> copy;
  {
    const auto owner = AsOwnerOf::become(settings.data_dir);
    if (!owner) return Unexpected{owner.error()};
    try {
      storage::Connection connection(database);
      connection.open();
      connection.back_up_to(draft.path);
      copy.emplace(draft.path);
    } catch (const storage::DatabaseError& problem) {
      return Unexpected{"the database cannot be copied: " + std::string(problem.what())};
    }
  }
  // As who we are: the owner of the data folder may have no right to where the backup goes.
  if (const int problem = copy->copy_to(file); problem != 0)
    return Unexpected{file + " cannot be written: " + std::strerror(problem)};
  return file + " is a copy of the database\n";
}

Told restore(const Settings& settings, const std::string& file) {
  ::umask(0077);
  if (!is_sqlite(settings))
    return Unexpected{std::string(
        "the database is PostgreSQL: drop its schema zvonok, then load the output of pg_dump with psql")};
  if (auto prepared = prepare_data_folder(settings.data_dir); !prepared) return Unexpected{prepared.error()};
  std::error_code error;
  if (const auto log = file + "-wal"; fs::exists(log, error) && fs::file_size(log, error) > 0)
    return Unexpected{log + " lies beside " + file +
                      " and has what is newer: make copies by zvonok backup, not by hand"};
  const Draft draft(settings.data_dir + "/restore." + std::to_string(::getpid()));
  // Opened as who we are, since a backup may lie where the owner of the folder cannot look.
  std::optional<Source> backup;
  if (!lies_within(settings.data_dir, file)) backup.emplace(file);
  const auto owner = AsOwnerOf::become(settings.data_dir);
  if (!owner) return Unexpected{owner.error()};
  if (!backup) backup.emplace(file);
  const auto lock = FolderLock::take(settings.data_dir);
  if (!lock) return Unexpected{lock.error()};
  if (const int problem = backup->copy_to(draft.path); problem != 0)
    return Unexpected{file + " cannot be copied: " + std::strerror(problem)};
  if (const auto problem = problem_of_backup(draft.path); !problem.empty())
    return Unexpected{file + " " + problem};
  const auto database = database_settings(settings);
  bool kept = false;
  try {
    storage::Connection connection(database);
    connection.open();
    const auto before = database.sqlite_file + ".before-restore";
    fs::remove(before, error);
    connection.back_up_to(before);
    kept = keep_logins_of(connection, draft.path);
    connection.restore_from(draft.path);
    connection.empty_log();
  } catch (const storage::DatabaseError& problem) {
    return Unexpected{"nothing was restored: " + std::string(problem.what()) + "; if " +
                      database.sqlite_file + " is damaged, move it and its -wal and -shm away first"};
  }
  return fs::absolute(database.sqlite_file, error).string() + " is as " + file +
         (kept ? ", but for sessions and invitations, which stay as they were" : "") +
         "; what it was is in " + database.sqlite_file + ".before-restore\n";
}

Told erase_user(const Settings& settings, const std::string& id) {
  ::umask(0077);
  const auto owner = AsOwnerOf::become(settings.data_dir);
  if (!owner) return Unexpected{owner.error()};
  const auto lock = FolderLock::take(settings.data_dir);
  if (!lock) return Unexpected{lock.error()};
  const auto& country = settings.login_default_country;
  const auto erased = with_rows<std::string>(settings, Use::kAlone, [&](ports::AccountRows& rows) {
    auto user = rows.user(id);
    for (const auto& address : {accounts::parse_phone(id, country), accounts::parse_email(id)})
      if (!user && address) user = rows.user_by(address->kind, address->text);
    if (user) rows.erase_user(*user, net::wall_now());
    return user ? user->id : std::string();
  });
  if (!erased) return Unexpected{erased.error()};
  if (erased->empty()) return Unexpected{"there is no user " + id};
  return "user " + *erased + " is erased; backups still have them\n";
}

}  // namespace zvonok::app
