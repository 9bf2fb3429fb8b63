// What is kept about people, their login codes, invitations and sessions, as values; and the rows of one
// transaction on them. Implemented by src/storage; decided about by src/accounts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "ports/code_sender.hpp"

namespace zvonok::ports {

/// Somebody who can be called.
struct User {
  std::string id;          // 1..512 bytes: of our making, or the userId of somebody else's token
  std::string name{};      // at most 80 characters; empty: not known
  std::string name_key{};  // `name` as searches compare it (accounts::search_key)
  std::string avatar{};    // an https URL of at most 512 characters, or empty
  std::string phone{};     // E.164, unique; empty: none
  std::string email{};     // in canonical form, unique; empty: none
  base::WallTime created_at{};

  bool operator==(const User&) const = default;
};

/// What is remembered of an address for which codes were asked: a phone number or an e-mail address, whoever
/// has it.
struct LoginState {
  std::string code_hash{};  // in hexadecimal digits; empty: no code lives
  bool code_sent = false;   // whether anybody was sent it
  base::WallTime code_expires_at{};
  std::int64_t code_tries = 0;             // wrong ones, of the code that lives
  std::vector<base::WallTime> asked_at{};  // the latest times at which a code was asked for, oldest first
  base::WallTime tries_full_at{};          // when no wrong try is held against the address any more

  bool operator==(const LoginState&) const = default;
};

/// The right to become a user, once.
struct Invite {
  std::string token_hash;  // in hexadecimal digits
  base::WallTime expires_at{};
  std::optional<base::WallTime> used_at{};
  std::string used_by{};      // a user's id
  std::int64_t messages = 0;  // with codes, that were sent for it

  bool operator==(const Invite&) const = default;
};

/// A login on one device, until it is ended or not refreshed for too long.
struct LoginSession {
  std::string id;        // `sid` of its tokens
  std::string user;      // a user's id
  std::int64_t n = 1;    // the number of the refresh token in force
  std::string device{};  // that fetched it; empty: it did not say
  base::WallTime rotated_at{};
  base::WallTime created_at{};
  std::optional<base::WallTime> ended_at{};

  bool operator==(const LoginSession&) const = default;
};

/// The rows as one transaction sees them: what is put is read again, and all of it is kept, or nothing. Any
/// call may throw an exception of the adapter's: rules let it pass, and nothing is kept. Belongs to the
/// thread of the store, and to one transaction.
class AccountRows {
 public:
  virtual ~AccountRows() = default;

  virtual std::optional<User> user(std::string_view id) = 0;
  virtual std::optional<User> user_by(AddressKind kind, std::string_view address) = 0;
  /// Inserts or replaces, by id. Phone and e-mail must belong to nobody else.
  virtual void put_user(const User& user) = 0;
  /// Users of whose name a word begins with `key` (as accounts::search_key makes it), by name and then id in
  /// the order of bytes. No character in it is a wildcard.
  virtual std::vector<User> users_named(std::string_view key, std::size_t at_most) = 0;
  /// The user, their sessions, and what is remembered of their addresses. The sessions that lived stay as
  /// ended ones.
  virtual void erase_user(const User& user, base::WallTime now) = 0;

  virtual std::optional<LoginState> login_state(std::string_view address) = 0;
  virtual void put_login_state(std::string_view address, const LoginState& state) = 0;
  /// Messages with codes that were sent later than `after`, and not later than `until`.
  virtual std::size_t messages_between(base::WallTime after, base::WallTime until) = 0;
  virtual void add_message(base::WallTime at) = 0;

  virtual std::optional<Invite> invite(std::string_view token_hash) = 0;
  virtual void put_invite(const Invite& invite) = 0;

  virtual std::optional<LoginSession> session(std::string_view id) = 0;
  /// Inserts or replaces, by id.
  virtual void put_session(const LoginSession& session) = 0;
  /// The user's sessions that have not ended, the one that was refreshed longest ago first, and then by id.
  virtual std::vector<LoginSession> sessions_of(std::string_view user) = 0;
  /// Sessions that ended after `since`, the first to end first.
  virtual std::vector<LoginSession> sessions_ended_since(base::WallTime since) = 0;

  struct Horizons {
    base::WallTime asked;     // login states in which nothing is younger go
    base::WallTime messages;  // and messages sent before
    base::WallTime invites;   // and invitations that expired before
    base::WallTime ended;     // and sessions that ended before
    base::WallTime rotated;   // and sessions that were not refreshed since
  };
  /// Forgets what is of no use any more.
  virtual void forget(const Horizons& horizons) = 0;
};

}  // namespace zvonok::ports
