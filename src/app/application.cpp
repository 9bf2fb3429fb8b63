#include "app/application.hpp"

#include <csignal>
#include <cstdio>
#include <utility>
#include <vector>

#include "app/certificate.hpp"
#include "app/file_limit.hpp"
#include "app/keys.hpp"
#include "app/lan.hpp"
#include "app/settings_check.hpp"
#include "app/settings_load.hpp"
#include "app/settings_requirement.hpp"
#include "app/wiring.hpp"
#include "http/openapi.hpp"
#include "http/system_routes.hpp"
#include "net/clock.hpp"
#include "net/tls.hpp"

namespace zvonok::app {
namespace {

using ports::LogLevel;

constexpr std::size_t kLanKeyBytes = 16;  // 128 bits: nobody in the network guesses it

}  // namespace

Application::Application(const Settings& settings, ServeOptions options, StderrLog& log)
    : settings_(settings), options_(std::move(options)), log_(log) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets without MSG_NOSIGNAL
  std::signal(SIGHUP, SIG_IGN);   // what it asks for is being done
  // Whoever started us may have blocked them for itself, and we would never end.
  sigset_t ours;
  sigemptyset(&ours);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&ours, number);
  sigprocmask(SIG_UNBLOCK, &ours, nullptr);
}

base::Result<void, std::string> Application::run() {
  // While it starts, which may take seconds, SIGTERM ends it as it ends anything; a relay goes with it.
  if (auto built = build(); !built) return built;
  signals_.emplace(loop_.io(), SIGTERM, SIGINT, SIGHUP);
  watch_signals();
  server_->start();
  log_.announce(settings_.port);
  if (options_.lan) {
    const auto invitation =
        lan_invitation(own_addresses(), static_cast<unsigned short>(settings_.port), lan_key_);
    std::fputs(invitation.c_str(), stdout);
    std::fflush(stdout);
  }
  loop_.run();
  return {};
}

base::Result<void, std::string> Application::build() {
  const auto connections = connections_allowed(settings_.limit(protocol::Limit::kConnections));
  if (!connections) return base::Unexpected{connections.error()};
  if (auto prepared = prepare_data_folder(settings_.data_dir); !prepared) return prepared;
  auto lock = FolderLock::take(settings_.data_dir);
  if (!lock) return base::Unexpected{lock.error()};
  folder_lock_.emplace(*std::move(lock));
  if (auto built = build_keys(); !built) return built;
  hub_.emplace(hub_settings(settings_), log_, metrics_);
  build_dev_login();
  if (auto built = build_accounts(); !built) return built;
  server_.emplace(loop_, *hub_, accounts_->verifier(), log_, metrics_,
                  server_settings(settings_, *connections));
  if (auto built = build_tls(); !built) return built;
  if (auto built = build_routes(); !built) return built;
  if (auto listening = listen(); !listening) return listening;
  return listen_admin();
}

base::Result<void, std::string> Application::build_routes() {
  auto relay = Relay::make(settings_, loop_, log_, metrics_);
  if (!relay) return base::Unexpected{relay.error()};
  relay_ = *std::move(relay);
  ice_servers_.emplace(http::IceServersPorts{
      .credentials = relay_->credentials(), .wall_now = net::wall_now, .mono_now = net::mono_now});
  authenticator_.emplace(http::AuthenticatorPorts{
      .verifier = accounts_->verifier(),
      .wall_now = net::wall_now,
      .note_refused_token = [this](const http::Request& request, const ports::TokenRefusal& refusal) {
        return server_->note_refused_token(request, refusal);
      }});
  auto routes = http::system_routes([this] { return !server_->draining(); });
  routes.push_back(ice_servers_->route());
  if (dev_login_) routes.push_back(dev_login_->route(net::wall_now));
  for (auto& route : accounts_->routes()) routes.push_back(std::move(route));
  // It describes itself, too.
  routes.push_back(http::openapi_route({}));
  routes.back() = http::openapi_route(http::openapi_document(routes, ZVONOK_VERSION));
  router_.emplace(http::RouterSettings{http::OriginList(settings_.cors_origins), settings_.web_demo},
                  *authenticator_, std::move(routes));
  return {};
}

base::Result<void, std::string> Application::build_accounts() {
  Accounts::Ports ports{
      .loop = loop_,
      .log = log_,
      .metrics = metrics_,
      .verifier = *verifier_,
      .signer = signer_ ? &*signer_ : nullptr,
      .close_sockets = [this](const std::string& session) { hub_->end_login(session, loop_.now()); },
      .limited_client = [this](const http::Request& request) { return server_->limited_client(request); },
      .may_see_code = {}};
  if (dev_login_) {
    ports.may_see_code = [this](const http::Request& request, std::string_view key) {
      return dev_login_->is_allowed(request, key);
    };
  }
  auto accounts = Accounts::make(settings_, std::move(ports));
  if (!accounts) return base::Unexpected{accounts.error()};
  accounts_ = *std::move(accounts);
  return {};
}

base::Result<void, std::string> Application::build_keys() {
  if (options_.dev && settings_.jwt_secret.reveal().empty()) {
    auto secret = dev_secret(settings_.data_dir);
    if (!secret) return base::Unexpected{secret.error()};
    settings_.jwt_secret = *std::move(secret);
  }
  std::vector<std::string> warnings;
  auto keys = read_keys(settings_, warnings);
  if (!keys) return base::Unexpected{keys.error()};
  for (const auto& warning : warnings) log_.write(LogLevel::kWarn, warning);
  const auto options = jwt_options(settings_);
  if (!settings_.jwt_secret.reveal().empty()) signer_.emplace(options, settings_.jwt_secret);
  verifier_.emplace(options, *std::move(keys));
  if (settings_.jwks_url.empty()) return {};
  auto remote = RemoteKeys::make(settings_, loop_, *verifier_, log_, metrics_);
  if (!remote) return base::Unexpected{remote.error()};
  remote_keys_ = *std::move(remote);
  return {};
}

base::Result<void, std::string> Application::build_tls() {
  if (options_.lan) {
    const auto files = self_signed_certificate(settings_.data_dir, own_addresses());
    if (!files) return base::Unexpected{files.error()};
    settings_.tls_cert = files->certificate_file;
    settings_.tls_key = files->key_file;
  }
  return take_certificate();
}

base::Result<void, std::string> Application::take_certificate() {
  if (settings_.tls_cert.empty()) return {};
  auto identity = read_identity(settings_);
  if (!identity) return base::Unexpected{identity.error()};
  if (!identity->warning().empty())
    log_.write(LogLevel::kWarn, identity->warning(), {{"file", settings_.tls_cert}});
  server_->set_tls(*std::move(identity));
  return {};
}

void Application::build_dev_login() {
  if (!options_.dev || !signer_) return;
  http::DevLoginSettings settings;
  if (options_.lan) {
    lan_key_ = random_text(kLanKeyBytes);
    settings.lan_key = base::Redacted(lan_key_);
    settings.own_addresses = own_addresses();
  }
  dev_login_.emplace(std::move(settings), *signer_);
}

base::Result<void, std::string> Application::listen() {
  const auto handler = [this](const http::Request& request, const http::Reply& reply) {
    router_->answer(request, reply);
  };
  const auto port = static_cast<unsigned short>(settings_.port);
  const bool only_here = options_.dev && !options_.lan && settings_.host.empty();
  if (only_here) return server_->listen({{"127.0.0.1", "::1"}, port}, handler);
  return server_->listen({{settings_.host}, port}, handler);
}

base::Result<void, std::string> Application::listen_admin() {
  const auto endpoint = parse_endpoint(settings_.admin_listen);
  if (!endpoint) return {};  // off
  const auto metrics = [this](const http::Request& request, const http::Reply& reply) {
    // A page in the operator's browser could come here under a name of its own (DNS rebinding).
    if (!http::names_an_address(request)) return reply(http::error_response(http::Error::kForbidden));
    if (request.path != "/metrics") return reply(http::error_response(http::Error::kNotFound));
    server_->report_gauges();
    reply({.status = 200,
           .content_type = std::string(metrics::PrometheusSink::kContentType),
           .body = metrics_.text()});
  };
  const auto listening = server_->listen_admin({{endpoint->address.to_string()}, endpoint->port}, metrics);
  if (listening) return {};
  if (settings_.admin_listen_given) return base::Unexpected{"admin_listen: " + listening.error()};
  log_.write(LogLevel::kWarn, "no metrics: admin_listen has no place", {{"error", listening.error()}});
  return {};
}

void Application::watch_signals() {
  signals_->async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    on_signal(number);
    watch_signals();
  });
}

void Application::on_signal(int number) {
  if (number == SIGHUP) return reload();
  if (!server_ || server_->draining()) {
    log_.write(LogLevel::kWarn, "second signal, stopping at once");
    return loop_.stop();
  }
  stop();
}

void Application::stop() {
  log_.write(LogLevel::kInfo, "stopping: telling clients, then closing");
  server_->drain([this] {
    log_.write(LogLevel::kInfo, "stopped");
    loop_.stop();
  });
}

void Application::reload() {
  const bool keys_taken = reload_keys();  // a broken key set is no reason to let a certificate expire
  const bool taken = reload_tls() && keys_taken;
  metrics_.add(ports::Counter::kReloads, taken ? 0 : 1, 1);
  if (taken) log_.write(LogLevel::kInfo, "secrets, keys and certificates re-read");
}

// Each part either takes effect as a whole or leaves the old one in force.
bool Application::reload_keys() {
  const auto secrets = options_.read_secrets();
  if (!secrets) {
    for (const auto& problem : secrets.error()) log_.write(LogLevel::kError, problem);
    return false;
  }
  if (secrets->current.reveal().empty() && !has_jwks(settings_) && !options_.dev) {
    log_.write(LogLevel::kError, "jwt_secret is gone from the settings: the old one stays in force");
    return false;
  }
  // The secret of --dev is in no setting, and it does not change.
  const Secrets taken = secrets->current.reveal().empty() && options_.dev
                            ? Secrets{settings_.jwt_secret, secrets->previous, secrets->turn}
                            : *secrets;
  Settings renewed = settings_;
  renewed.jwt_secret = taken.current;
  renewed.jwt_secret_previous = taken.previous;
  renewed.turn_secret = taken.turn;
  auto findings = check_secrets(renewed, options_.dev ? Mode::kDev : Mode::kServe);
  auto keys = read_keys(renewed, findings.warnings);
  if (!keys) findings.errors.push_back(keys.error());
  for (const auto& error : findings.errors) log_.write(LogLevel::kError, error);
  if (!findings.errors.empty()) return false;
  for (const auto& warning : findings.warnings) log_.write(LogLevel::kWarn, warning);
  settings_ = std::move(renewed);
  verifier_->replace_secrets(keys->secret, keys->previous_secret);
  if (remote_keys_) {
    remote_keys_->refresh();
  } else {
    verifier_->replace_key_set(std::move(keys->key_set));
  }
  verifier_->replace_algorithms(jwt_options(settings_).algorithms);  // a first secret brings HS* with it
  if (signer_ && !taken.current.reveal().empty()) signer_->replace_secret(taken.current);
  accounts_->replace_secrets(taken.current, taken.previous);
  relay_->replace_secret(taken.turn);
  return true;
}

bool Application::reload_tls() {
  const auto taken = take_certificate();
  if (taken) return true;
  log_.write(LogLevel::kError, "certificate not taken, the old one goes on serving",
             {{"error", taken.error()}});
  return false;
}

}  // namespace zvonok::app
