// The running server: everything built, in the order in which it depends on one another, and taken down by
// signals.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/accounts.hpp"
#include "app/data_folder.hpp"
#include "app/log_sink.hpp"
#include "app/relay.hpp"
#include "app/remote_keys.hpp"
#include "app/settings.hpp"
#include "app/settings_load.hpp"
#include "auth/jwt_signer.hpp"
#include "auth/jwt_verifier.hpp"
#include "base/result.hpp"
#include "http/authenticator.hpp"
#include "http/dev_login.hpp"
#include "http/ice_servers.hpp"
#include "http/router.hpp"
#include "hub/hub.hpp"
#include "metrics/prometheus_sink.hpp"
#include "net/loop.hpp"
#include "net/server.hpp"

namespace zvonok::app {

struct ServeOptions {
  bool dev = false;
  bool lan = false;
  /// Reads the secrets again from wherever the settings came from (SIGHUP).
  std::function<base::Result<Secrets, Problems>()> read_secrets;
};

class Application {
 public:
  Application(const Settings& settings, ServeOptions options, StderrLog& log);

  /// Builds, listens, runs until a signal ends it. The error says what to do before trying again.
  base::Result<void, std::string> run();

 private:
  base::Result<void, std::string> build();
  base::Result<void, std::string> build_keys();
  base::Result<void, std::string> build_tls();
  base::Result<void, std::string> build_routes();
  base::Result<void, std::string> take_certificate();
  base::Result<void, std::string> listen();
  base::Result<void, std::string> listen_admin();
  base::Result<void, std::string> build_accounts();
  void build_dev_login();
  void watch_signals();
  void on_signal(int number);
  void reload();
  bool reload_keys();
  bool reload_tls();
  void stop();

  // Given to us.
  Settings settings_;
  const ServeOptions options_;
  StderrLog& log_;
  // Ours.
  net::Loop loop_;
  metrics::PrometheusSink metrics_;
  std::optional<boost::asio::signal_set> signals_;  // once it serves
  std::optional<auth::JwtVerifier> verifier_;
  std::unique_ptr<RemoteKeys> remote_keys_;
  std::optional<auth::JwtSigner> signer_;
  std::optional<http::DevLogin> dev_login_;
  std::optional<hub::Hub> hub_;
  std::optional<FolderLock> folder_lock_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Relay> relay_;
  std::optional<http::IceServers> ice_servers_;
  std::optional<http::Authenticator> authenticator_;
  std::optional<http::Router> router_;
  std::optional<net::Server> server_;
  std::string lan_key_;
};

}  // namespace zvonok::app
