// Rows in memory, for tests of whoever decides about them. They keep the promises of
// account_rows_contract.hpp; a copy of them is what a transaction could still be rolled back to.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "ports/account_rows.hpp"

namespace zvonok::ports {

class MemoryAccountRows final : public AccountRows {
 public:
  std::optional<User> user(std::string_view id) override { return find(users, id); }

  std::optional<User> user_by(AddressKind kind, std::string_view address) override {
    if (address.empty()) return std::nullopt;
    for (const auto& [id, user] : users)
      if ((kind == AddressKind::kPhone ? user.phone : user.email) == address) return user;
    return std::nullopt;
  }

  void put_user(const User& user) override {
    for (const auto& [kind, address] :
         {std::pair{AddressKind::kPhone, &user.phone}, std::pair{AddressKind::kEmail, &user.email}}) {
      if (address->empty()) continue;
      const auto other = user_by(kind, *address);
      if (other && other->id != user.id) throw std::runtime_error("the address belongs to somebody else");
    }
    users[user.id] = user;
  }

  std::vector<User> users_named(std::string_view key, std::size_t at_most) override {
    const std::string wanted = " " + std::string(key);
    std::vector<User> found;
    for (const auto& [id, user] : users)
      if ((" " + user.name_key).find(wanted) != std::string::npos) found.push_back(user);
    std::ranges::sort(found, {}, [](const User& user) { return std::tie(user.name_key, user.id); });
    if (found.size() > at_most) found.resize(at_most);
    return found;
  }

  void erase_user(const User& user, base::WallTime now) override {
    for (const auto* address : {&user.phone, &user.email})
      if (!address->empty()) login_states.erase(*address);
    for (auto& [id, session] : sessions) {
      if (session.user != user.id) continue;
      if (!session.ended_at) session.ended_at = now;
      session.user.clear();
      session.device.clear();
    }
    for (auto& [hash, invite] : invites)
      if (invite.used_by == user.id) invite.used_by.clear();
    users.erase(user.id);
  }

  std::optional<LoginState> login_state(std::string_view address) override {
    return find(login_states, address);
  }
  void put_login_state(std::string_view address, const LoginState& state) override {
    login_states[std::string(address)] = state;
  }

  std::size_t messages_between(base::WallTime after, base::WallTime until) override {
    return static_cast<std::size_t>(
        std::ranges::count_if(messages, [=](auto at) { return at > after && at <= until; }));
  }
  void add_message(base::WallTime at) override { messages.push_back(at); }

  std::optional<Invite> invite(std::string_view token_hash) override { return find(invites, token_hash); }
  void put_invite(const Invite& invite) override { invites[invite.token_hash] = invite; }

  std::optional<LoginSession> session(std::string_view id) override { return find(sessions, id); }
  void put_session(const LoginSession& session) override { sessions[session.id] = session; }

  std::vector<LoginSession> sessions_of(std::string_view user) override {
    std::vector<LoginSession> found;
    for (const auto& [id, session] : sessions)
      if (session.user == user && !session.ended_at) found.push_back(session);
    std::ranges::stable_sort(found, {}, &LoginSession::rotated_at);
    return found;
  }

  std::vector<LoginSession> sessions_ended_since(base::WallTime since) override {
    std::vector<LoginSession> found;
    for (const auto& [id, session] : sessions)
      if (session.ended_at && *session.ended_at > since) found.push_back(session);
    std::ranges::stable_sort(found, {}, [](const LoginSession& session) { return *session.ended_at; });
    return found;
  }

  void forget(const Horizons& horizons) override {
    std::erase_if(login_states, [&](const auto& entry) {
      const auto& asked_at = entry.second.asked_at;
      return (asked_at.empty() ? base::WallTime{} : asked_at.back()) < horizons.asked;
    });
    std::erase_if(messages, [&](auto at) { return at < horizons.messages; });
    std::erase_if(invites, [&](const auto& entry) { return entry.second.expires_at < horizons.invites; });
    std::erase_if(sessions, [&](const auto& entry) {
      const LoginSession& session = entry.second;
      return (session.ended_at && *session.ended_at < horizons.ended) ||
             session.rotated_at < horizons.rotated;
    });
  }

  // By id, address, hash and id, in the order of bytes.
  std::map<std::string, User, std::less<>> users;
  std::map<std::string, LoginState, std::less<>> login_states;
  std::map<std::string, Invite, std::less<>> invites;
  std::map<std::string, LoginSession, std::less<>> sessions;
  std::vector<base::WallTime> messages;

  bool operator==(const MemoryAccountRows& other) const {
    return users == other.users && login_states == other.login_states && invites == other.invites &&
           sessions == other.sessions && messages == other.messages;
  }

 private:
  template <class T>
  static std::optional<T> find(const std::map<std::string, T, std::less<>>& rows, std::string_view key) {
    const auto found = rows.find(key);
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace zvonok::ports
