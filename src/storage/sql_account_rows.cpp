#include "storage/sql_account_rows.hpp"

#include <soci/soci.h>

#include <functional>
#include <utility>

#include "storage/connection.hpp"
#include "storage/row_values.hpp"

namespace zvonok::storage {
namespace {

using ports::Invite;
using ports::LoginSession;
using ports::LoginState;
using ports::User;
using soci::into;
using soci::use;

constexpr const char* kUserColumns = "id, name, name_key, avatar, phone, email, created_at";
constexpr const char* kSessionColumns = "id, user_id, n, device, rotated_at, created_at, ended_at";

using Binds = std::function<void(soci::statement&)>;

/// Runs a statement; `on_row` is called after each row that was fetched into what `binds` names.
void run(soci::session& sql, const std::string& text, const Binds& binds,
         const std::function<void()>& on_row = {}) {
  soci::statement statement(sql);
  binds(statement);
  statement.alloc();
  statement.prepare(text);
  statement.define_and_bind();
  if (!on_row) {
    statement.execute(true);
    return;
  }
  statement.execute();
  while (statement.fetch()) on_row();
}

std::vector<User> select_users(soci::session& sql, const std::string& where, const Binds& binds) {
  User row;
  NullableText phone, email;
  long long created_at = 0;
  std::vector<User> users;
  run(
      sql, std::string("SELECT ") + kUserColumns + " FROM users WHERE " + where,
      [&](soci::statement& statement) {
        binds(statement);
        statement.exchange(into(row.id));
        statement.exchange(into(row.name));
        statement.exchange(into(row.name_key));
        statement.exchange(into(row.avatar));
        statement.exchange(into(phone.text, phone.indicator));
        statement.exchange(into(email.text, email.indicator));
        statement.exchange(into(created_at));
      },
      [&] {
        row.phone = phone.value();
        row.email = email.value();
        row.created_at = from_ms(created_at);
        users.push_back(row);
      });
  return users;
}

std::vector<LoginSession> select_sessions(soci::session& sql, const std::string& where, const Binds& binds) {
  LoginSession row;
  long long n = 0, rotated_at = 0, created_at = 0;
  NullableTime ended_at;
  std::vector<LoginSession> sessions;
  run(
      sql, std::string("SELECT ") + kSessionColumns + " FROM login_sessions WHERE " + where,
      [&](soci::statement& statement) {
        binds(statement);
        statement.exchange(into(row.id));
        statement.exchange(into(row.user));
        statement.exchange(into(n));
        statement.exchange(into(row.device));
        statement.exchange(into(rotated_at));
        statement.exchange(into(created_at));
        statement.exchange(into(ended_at.ms, ended_at.indicator));
      },
      [&] {
        row.n = n;
        row.rotated_at = from_ms(rotated_at);
        row.created_at = from_ms(created_at);
        row.ended_at = ended_at.value();
        sessions.push_back(row);
      });
  return sessions;
}

template <class T>
std::optional<T> first_of(std::vector<T> rows) {
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

/// A column to order by, in the order of bytes, whatever PostgreSQL takes for the order of letters.
std::string in_bytes(const soci::session& sql, const std::string& column) {
  return sql.get_backend_name() == "postgresql" ? column + " COLLATE \"C\"" : column;
}

/// Runs a statement with one text in it, named :value.
void run_with(soci::session& sql, const std::string& text, const std::string& value) {
  run(sql, text, [&value](soci::statement& statement) { statement.exchange(use(value, "value")); });
}
void run_with(soci::session& sql, const std::string& text, base::WallTime time) {
  const long long value = in_ms(time);
  run(sql, text, [&value](soci::statement& statement) { statement.exchange(use(value, "value")); });
}

}  // namespace

void transact(Connection& connection, const std::function<void(ports::AccountRows&)>& rule) {
  connection.in_transaction([&connection, &rule] {
    SqlAccountRows rows(connection.sql());
    rule(rows);
  });
}

std::optional<User> SqlAccountRows::user(std::string_view id) {
  const std::string text(id);
  return first_of(
      select_users(sql_, "id = :id", [&text](auto& statement) { statement.exchange(use(text, "id")); }));
}

std::optional<User> SqlAccountRows::user_by(ports::AddressKind kind, std::string_view address) {
  const std::string text(address);
  return first_of(select_users(sql_,
                               kind == ports::AddressKind::kPhone ? "phone = :address" : "email = :address",
                               [&text](auto& statement) { statement.exchange(use(text, "address")); }));
}

void SqlAccountRows::put_user(const User& user) {
  auto phone = NullableText::of(user.phone);
  auto email = NullableText::of(user.email);
  const long long created_at = in_ms(user.created_at);
  run(sql_,
      "INSERT INTO users (id, name, name_key, avatar, phone, email, created_at)"
      " VALUES (:id, :name, :name_key, :avatar, :phone, :email, :created_at)"
      " ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, avatar = "
      "excluded.avatar,"
      " phone = excluded.phone, email = excluded.email, created_at = excluded.created_at",
      [&](soci::statement& statement) {
        statement.exchange(use(user.id, "id"));
        statement.exchange(use(user.name, "name"));
        statement.exchange(use(user.name_key, "name_key"));
        statement.exchange(use(user.avatar, "avatar"));
        statement.exchange(use(phone.text, phone.indicator, "phone"));
        statement.exchange(use(email.text, email.indicator, "email"));
        statement.exchange(use(created_at, "created_at"));
      });
}

std::vector<User> SqlAccountRows::users_named(std::string_view key, std::size_t at_most) {
  // In front of each word of a key is a blank, but for the first.
  const std::string pattern = "% " + escaped_for_like(key) + "%";
  const long long limit = static_cast<long long>(at_most);
  const std::string order = in_bytes(sql_, "name_key") + ", " + in_bytes(sql_, "id");
  return select_users(sql_, "' ' || name_key LIKE :pattern ESCAPE '\\' ORDER BY " + order + " LIMIT :at_most",
                      [&](auto& statement) {
                        statement.exchange(use(pattern, "pattern"));
                        statement.exchange(use(limit, "at_most"));
                      });
}

void SqlAccountRows::erase_user(const User& user, base::WallTime now) {
  for (const auto* address : {&user.phone, &user.email})
    if (!address->empty()) run_with(sql_, "DELETE FROM login_states WHERE address = :value", *address);
  const long long ended_at = in_ms(now);
  run(sql_, "UPDATE login_sessions SET ended_at = :ended_at WHERE user_id = :user AND ended_at IS NULL",
      [&](soci::statement& statement) {
        statement.exchange(use(ended_at, "ended_at"));
        statement.exchange(use(user.id, "user"));
      });
  run_with(sql_, "UPDATE login_sessions SET user_id = '', device = '' WHERE user_id = :value", user.id);
  run_with(sql_, "UPDATE invites SET used_by = '' WHERE used_by = :value", user.id);
  run_with(sql_, "DELETE FROM users WHERE id = :value", user.id);
}

std::optional<LoginState> SqlAccountRows::login_state(std::string_view address) {
  const std::string text(address);
  LoginState state;
  long long code_sent = 0, code_expires_at = 0, code_tries = 0, tries_full_at = 0;
  std::string asked_at;
  std::optional<LoginState> found;
  run(
      sql_,
      "SELECT code_hash, code_sent, code_expires_at, code_tries, asked_at, tries_full_at FROM login_states"
      " WHERE address = :address",
      [&](soci::statement& statement) {
        statement.exchange(use(text, "address"));
        statement.exchange(into(state.code_hash));
        statement.exchange(into(code_sent));
        statement.exchange(into(code_expires_at));
        statement.exchange(into(code_tries));
        statement.exchange(into(asked_at));
        statement.exchange(into(tries_full_at));
      },
      [&] {
        state.code_sent = code_sent != 0;
        state.code_expires_at = from_ms(code_expires_at);
        state.code_tries = code_tries;
        state.asked_at = split_times(asked_at);
        state.tries_full_at = from_ms(tries_full_at);
        found = state;
      });
  return found;
}

void SqlAccountRows::put_login_state(std::string_view address, const LoginState& state) {
  const std::string text(address);
  const long long code_sent = state.code_sent ? 1 : 0;
  const long long code_expires_at = in_ms(state.code_expires_at), code_tries = state.code_tries;
  const long long tries_full_at = in_ms(state.tries_full_at);
  const std::string asked_at = join_times(state.asked_at);
  const long long last_asked_at = state.asked_at.empty() ? 0 : in_ms(state.asked_at.back());
  run(sql_,
      "INSERT INTO login_states (address, code_hash, code_sent, code_expires_at, code_tries, asked_at,"
      " last_asked_at, tries_full_at)"
      " VALUES (:address, :code_hash, :code_sent, :code_expires_at, :code_tries, :asked_at, :last_asked_at,"
      " :tries_full_at)"
      " ON CONFLICT (address) DO UPDATE SET code_hash = excluded.code_hash, code_sent = excluded.code_sent,"
      " code_expires_at = excluded.code_expires_at, code_tries = excluded.code_tries,"
      " asked_at = excluded.asked_at, last_asked_at = excluded.last_asked_at,"
      " tries_full_at = excluded.tries_full_at",
      [&](soci::statement& statement) {
        statement.exchange(use(text, "address"));
        statement.exchange(use(state.code_hash, "code_hash"));
        statement.exchange(use(code_sent, "code_sent"));
        statement.exchange(use(code_expires_at, "code_expires_at"));
        statement.exchange(use(code_tries, "code_tries"));
        statement.exchange(use(asked_at, "asked_at"));
        statement.exchange(use(last_asked_at, "last_asked_at"));
        statement.exchange(use(tries_full_at, "tries_full_at"));
      });
}

std::size_t SqlAccountRows::messages_between(base::WallTime after, base::WallTime until) {
  const long long first = in_ms(after), last = in_ms(until);
  long long count = 0;
  run(
      sql_, "SELECT COUNT(*) FROM login_messages WHERE sent_at > :first AND sent_at <= :last",
      [&](soci::statement& statement) {
        statement.exchange(use(first, "first"));
        statement.exchange(use(last, "last"));
        statement.exchange(into(count));
      },
      [] {});
  return static_cast<std::size_t>(count);
}

void SqlAccountRows::add_message(base::WallTime at) {
  run_with(sql_, "INSERT INTO login_messages (sent_at) VALUES (:value)", at);
}

std::optional<Invite> SqlAccountRows::invite(std::string_view token_hash) {
  const std::string text(token_hash);
  Invite invite;
  long long expires_at = 0, messages = 0;
  NullableTime used_at;
  std::optional<Invite> found;
  run(
      sql_, "SELECT token_hash, expires_at, used_at, used_by, messages FROM invites WHERE token_hash = :hash",
      [&](soci::statement& statement) {
        statement.exchange(use(text, "hash"));
        statement.exchange(into(invite.token_hash));
        statement.exchange(into(expires_at));
        statement.exchange(into(used_at.ms, used_at.indicator));
        statement.exchange(into(invite.used_by));
        statement.exchange(into(messages));
      },
      [&] {
        invite.expires_at = from_ms(expires_at);
        invite.used_at = used_at.value();
        invite.messages = messages;
        found = invite;
      });
  return found;
}

void SqlAccountRows::put_invite(const Invite& invite) {
  const long long expires_at = in_ms(invite.expires_at), messages = invite.messages;
  auto used_at = NullableTime::of(invite.used_at);
  run(sql_,
      "INSERT INTO invites (token_hash, expires_at, used_at, used_by, messages)"
      " VALUES (:hash, :expires_at, :used_at, :used_by, :messages)"
      " ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at, used_at = excluded.used_at,"
      " used_by = excluded.used_by, messages = excluded.messages",
      [&](soci::statement& statement) {
        statement.exchange(use(invite.token_hash, "hash"));
        statement.exchange(use(expires_at, "expires_at"));
        statement.exchange(use(used_at.ms, used_at.indicator, "used_at"));
        statement.exchange(use(invite.used_by, "used_by"));
        statement.exchange(use(messages, "messages"));
      });
}

std::optional<LoginSession> SqlAccountRows::session(std::string_view id) {
  const std::string text(id);
  return first_of(
      select_sessions(sql_, "id = :id", [&text](auto& statement) { statement.exchange(use(text, "id")); }));
}

void SqlAccountRows::put_session(const LoginSession& session) {
  const long long n = session.n, rotated_at = in_ms(session.rotated_at),
                  created_at = in_ms(session.created_at);
  auto ended_at = NullableTime::of(session.ended_at);
  run(sql_,
      "INSERT INTO login_sessions (id, user_id, n, device, rotated_at, created_at, ended_at)"
      " VALUES (:id, :user, :n, :device, :rotated_at, :created_at, :ended_at)"
      " ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, n = excluded.n, device = excluded.device,"
      " rotated_at = excluded.rotated_at, created_at = excluded.created_at, ended_at = excluded.ended_at",
      [&](soci::statement& statement) {
        statement.exchange(use(session.id, "id"));
        statement.exchange(use(session.user, "user"));
        statement.exchange(use(n, "n"));
        statement.exchange(use(session.device, "device"));
        statement.exchange(use(rotated_at, "rotated_at"));
        statement.exchange(use(created_at, "created_at"));
        statement.exchange(use(ended_at.ms, ended_at.indicator, "ended_at"));
      });
}

std::vector<LoginSession> SqlAccountRows::sessions_of(std::string_view user) {
  const std::string text(user);
  return select_sessions(sql_,
                         "user_id = :user AND ended_at IS NULL ORDER BY rotated_at, " + in_bytes(sql_, "id"),
                         [&text](auto& statement) { statement.exchange(use(text, "user")); });
}

std::vector<LoginSession> SqlAccountRows::sessions_ended_since(base::WallTime since) {
  const long long value = in_ms(since);
  return select_sessions(sql_, "ended_at > :since ORDER BY ended_at, " + in_bytes(sql_, "id"),
                         [&value](auto& statement) { statement.exchange(use(value, "since")); });
}

void SqlAccountRows::forget(const Horizons& horizons) {
  run_with(sql_, "DELETE FROM login_states WHERE last_asked_at < :value", horizons.asked);
  run_with(sql_, "DELETE FROM login_messages WHERE sent_at < :value", horizons.messages);
  run_with(sql_, "DELETE FROM invites WHERE expires_at < :value", horizons.invites);
  run_with(sql_, "DELETE FROM login_sessions WHERE ended_at < :value", horizons.ended);
  run_with(sql_, "DELETE FROM login_sessions WHERE rotated_at < :value", horizons.rotated);
}

}  // namespace zvonok::storage
