// People: the database on its thread, whose tokens are accepted, and, where people log in here, what that
// takes.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/login.hpp"
#include "accounts/profiles.hpp"
#include "accounts/revoked_sessions.hpp"
#include "accounts/token_gate.hpp"
#include "accounts/token_profiles.hpp"
#include "app/settings.hpp"
#include "auth/login_secrets.hpp"
#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "fetch/client.hpp"
#include "fetch/mailer.hpp"
#include "http/login_routes.hpp"
#include "http/user_routes.hpp"
#include "net/loop.hpp"
#include "ports/token_signer.hpp"
#include "storage/connection.hpp"
#include "storage/database.hpp"

namespace zvonok::app {

/// The loop's thread. Everything given to it lives longer.
class Accounts {
 public:
  struct Ports {
    net::Loop& loop;
    ports::LogSink& log;
    ports::MetricsSink& metrics;
    ports::TokenVerifier& verifier;
    const ports::TokenSigner* signer;  // null: nobody can log in here
    /// Closes the WebSockets of a session that has ended.
    std::function<void(const std::string& session)> close_sockets;
    std::function<std::optional<base::IpAddress>(const http::Request&)> limited_client;
    /// With --dev alone; else empty.
    std::function<bool(const http::Request&, std::string_view key)> may_see_code;
  };

  /// Opens the database; reads which sessions were ended while tokens of theirs still live.
  static base::Result<std::unique_ptr<Accounts>, std::string> make(const Settings& settings, Ports ports);
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  /// Whom everybody asks about tokens.
  ports::TokenVerifier& verifier() { return gate_; }
  std::vector<http::Route> routes();

  /// For SIGHUP.
  void replace_secrets(const Secret& secret, const Secret& previous);

 private:
  Accounts(const Settings& settings, Ports ports, std::unique_ptr<storage::Connection> connection);
  void build_login(const Settings& settings);
  std::unique_ptr<ports::CodeSender> sender(const Settings& settings);
  bool is_dev() const { return ports_.may_see_code != nullptr; }
  void every_hour();

  // Given to us.
  const Ports ports_;
  // Ours.
  accounts::RevokedSessions revoked_;
  storage::Database database_;
  accounts::TokenProfiles token_profiles_;
  accounts::TokenGate gate_;
  accounts::Profiles profiles_;
  http::UserRoutes user_routes_;
  boost::asio::steady_timer hourly_;
  // Where people log in here.
  std::optional<auth::LoginSecrets> secrets_;
  std::optional<fetch::Client> client_;
  std::optional<fetch::Mailer> mailer_;
  std::unique_ptr<ports::CodeSender> sender_;
  std::optional<accounts::Login> login_;
  std::optional<http::LoginRoutes> login_routes_;
};

}  // namespace zvonok::app
