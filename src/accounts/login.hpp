// Logging in by a code, as the loop's thread sees it: takes what a request says, draws chance, asks for a
// transaction of login_rules, sends what is to be sent and signs what is to be signed.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "accounts/address.hpp"
#include "accounts/hourly_limit.hpp"
#include "accounts/login_rules.hpp"
#include "accounts/revoked_sessions.hpp"
#include "base/ip_address.hpp"
#include "ports/account_store.hpp"
#include "ports/code_sender.hpp"
#include "ports/log.hpp"
#include "ports/login_secrets.hpp"
#include "ports/metrics_sink.hpp"
#include "ports/token_signer.hpp"

namespace zvonok::accounts {

struct LoginSettings {
  RegistrationPolicy registration;
  std::size_t messages_per_hour_max = 200;
};

struct LoginPorts {
  ports::AccountStore& store;
  ports::LoginSecrets& secrets;
  const ports::TokenSigner& signer;
  ports::CodeSender& sender;
  ports::LogSink& log;
  ports::MetricsSink& metrics;
  RevokedSessions& revoked;
  std::function<base::WallTime()> wall_now;
  std::function<base::MonoTime()> mono_now;
  /// Closes the WebSockets of a session that has ended.
  std::function<void(const std::string& session)> close_sockets;
};

/// What a login is worth to its client.
struct Tokens {
  base::Redacted<std::string> access;
  base::WallTime access_expires_at;
  base::Redacted<std::string> refresh;
};

/// The loop's thread. Lives longer than what is under way in its store and its sender. A store that is sick
/// makes each answer kUnavailable.
class Login {
 public:
  template <class T>
  using Reply = std::function<void(base::Result<T, ports::StoreError>)>;

  Login(LoginSettings settings, LoginPorts ports);
  Login(const Login&) = delete;
  Login& operator=(const Login&) = delete;

  struct Ask {
    Address address;
    std::string invite;  // its token; empty: none was shown
    ports::Language language;
    std::optional<base::IpAddress> client;  // nullopt: no limit by address holds for it
  };
  /// Sends a code, unless there is a reason not to, of which the client learns nothing. The answer is the
  /// code that was sent, for --dev alone to show.
  void ask(const Ask& request, const Reply<std::optional<base::Redacted<std::string>>>& reply);

  struct Verify {
    Address address;
    base::Redacted<std::string> code;  // tidy
    std::string invite, name, device;
  };
  struct LoggedIn {
    Tokens tokens;
    ports::User user;
  };
  using Verdict = std::variant<InvalidCode, TooManyTries, NotInvited, LoggedIn>;
  void verify(const Verify& request, const Reply<Verdict>& reply);

  /// nullopt: the token is no good (any more).
  void refresh(const std::string& token, const std::string& device,
               const Reply<std::optional<Tokens>>& reply);

  /// Ends the session of an access token, if it is one of ours.
  void log_out(const std::string& session, const Reply<std::monostate>& reply);

  using InviteState = accounts::InviteState;
  /// Whether an invitation is good; changes nothing.
  void look_at_invite(const std::string& token, const Reply<InviteState>& reply);

  // Real people take a few; a program that tries addresses one after the other takes more. An ask that sends
  // nothing counts as well: else a client could learn by its own limit what was sent.
  static constexpr std::size_t kAsksPerClientPerHourMax = 20;
  // Each address is remembered for a day: with more it is a crowd, in which those that are nobody's are not.
  static constexpr std::size_t kAsksPerHourMax = 10'000;

 private:
  void send(const Ask& request, const base::Redacted<std::string>& code);
  std::string invite_hash(const std::string& token) const;
  base::Result<Tokens, ports::StoreError> tokens_of(const ports::LoginSession& session) const;
  void revoke(const std::string& session);
  void tell_of_limit(AskOutcome outcome, base::MonoTime now);

  // Given to us.
  const LoginSettings settings_;
  const LoginPorts ports_;
  // State.
  HourlyLimits<base::IpAddress> asks_by_client_{kAsksPerClientPerHourMax};
  HourlyLimit asks_{kAsksPerHourMax};
  std::map<AskOutcome, base::MonoTime> told_at_;
};

}  // namespace zvonok::accounts
