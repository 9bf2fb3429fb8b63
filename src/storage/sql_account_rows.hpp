// ports::AccountRows in SQL, in the part of the language that both engines share.
#pragma once

#include <functional>

#include "ports/account_rows.hpp"

namespace soci {
class session;
}

namespace zvonok::storage {

class Connection;

/// Runs `rule` in one transaction, on the calling thread. Throws DatabaseError.
void transact(Connection& connection, const std::function<void(ports::AccountRows&)>& rule);

/// Within one transaction on the session, which lives longer.
class SqlAccountRows final : public ports::AccountRows {
 public:
  explicit SqlAccountRows(soci::session& sql) : sql_(sql) {}

  std::optional<ports::User> user(std::string_view id) override;
  std::optional<ports::User> user_by(ports::AddressKind kind, std::string_view address) override;
  void put_user(const ports::User& user) override;
  std::vector<ports::User> users_named(std::string_view key, std::size_t at_most) override;
  void erase_user(const ports::User& user, base::WallTime now) override;

  std::optional<ports::LoginState> login_state(std::string_view address) override;
  void put_login_state(std::string_view address, const ports::LoginState& state) override;
  std::size_t messages_between(base::WallTime after, base::WallTime until) override;
  void add_message(base::WallTime at) override;

  std::optional<ports::Invite> invite(std::string_view token_hash) override;
  void put_invite(const ports::Invite& invite) override;

  std::optional<ports::LoginSession> session(std::string_view id) override;
  void put_session(const ports::LoginSession& session) override;
  std::vector<ports::LoginSession> sessions_of(std::string_view user) override;
  std::vector<ports::LoginSession> sessions_ended_since(base::WallTime since) override;

  void forget(const Horizons& horizons) override;

 private:
  soci::session& sql_;
};

}  // namespace zvonok::storage
