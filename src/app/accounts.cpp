#include "app/accounts.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "accounts/session_rules.hpp"
#include "app/database.hpp"
#include "app/file_check.hpp"
#include "base/assert.hpp"
#include "net/clock.hpp"
#include "notify/code_delivery.hpp"
#include "notify/log_sender.hpp"
#include "notify/mail_sender.hpp"
#include "notify/sms_sender.hpp"
#include "storage/sql_account_rows.hpp"

namespace zvonok::app {
namespace {

using ports::LogLevel;

accounts::Registration registration_of(const Settings& settings) {
  if (settings.login_registration == "open") return accounts::Registration::kOpen;
  return settings.login_registration == "domains" ? accounts::Registration::kDomains
                                                  : accounts::Registration::kInvite;
}

accounts::ProfileSettings profile_settings(const Settings& settings, bool dev) {
  // Beside somebody else's login we do not know who becomes a user there. With --dev only who sits here sees
  // a code.
  const bool open = !settings.login_enabled || (settings.login_registration == "open" && !dev);
  return {.open_to_world = open, .default_country = settings.login_default_country};
}

storage::DatabaseEvents events(ports::LogSink& log, ports::MetricsSink& metrics) {
  return {.sick =
              [&log](const std::string& why) {
                log.write(LogLevel::kError, "the database does not answer: calls go on, logins wait for it",
                          {{"error", why}});
              },
          .well = [&log] { log.write(LogLevel::kInfo, "the database answers again"); },
          .given_up = [&metrics] { metrics.add(ports::Counter::kStoreFailures); }};
}

}  // namespace

base::Result<std::unique_ptr<Accounts>, std::string> Accounts::make(const Settings& settings, Ports ports) {
  if (const auto problem = problem_of_login_files(settings); !problem.empty())
    return base::Unexpected{problem};
  auto connection = open_database(settings, Use::kAlone);
  if (!connection) return base::Unexpected{connection.error()};
  std::vector<ports::LoginSession> ended;
  const auto now = net::wall_now();
  const auto read = with_patience((*connection)->settings(), [&] {
    storage::transact(**connection, [&ended, now](ports::AccountRows& rows) {
      ended = rows.sessions_ended_since(now - accounts::kRevokedFor);
    });
  });
  if (!read) return base::Unexpected{read.error()};
  std::unique_ptr<Accounts> made(new Accounts(settings, std::move(ports), *std::move(connection)));
  for (const auto& session : ended)
    made->revoked_.add(session.id, *session.ended_at + accounts::kRevokedFor, now);
  return made;
}

Accounts::Accounts(const Settings& settings, Ports ports, std::unique_ptr<storage::Connection> connection)
    : ports_(std::move(ports)),
      database_(
          std::move(connection),
          [&loop = ports_.loop](std::function<void()> call) {
            boost::asio::post(loop.io(), std::move(call));
          },
          events(ports_.log, ports_.metrics)),
      token_profiles_(database_, ports_.metrics),
      gate_(ports_.verifier, revoked_, token_profiles_),
      profiles_(profile_settings(settings, is_dev()), database_),
      user_routes_({.profiles = profiles_, .wall_now = net::wall_now, .mono_now = net::mono_now}),
      hourly_(ports_.loop.io()) {
  if (settings.login_enabled && ports_.signer != nullptr) build_login(settings);
  every_hour();
}

void Accounts::build_login(const Settings& settings) {
  secrets_.emplace(settings.jwt_secret, settings.jwt_secret_previous);
  sender_ = sender(settings);
  login_.emplace(accounts::LoginSettings{.registration = {registration_of(settings), settings.login_domains},
                                         .messages_per_hour_max =
                                             static_cast<std::size_t>(settings.login_max_messages_per_hour)},
                 accounts::LoginPorts{.store = database_,
                                      .secrets = *secrets_,
                                      .signer = *ports_.signer,
                                      .sender = *sender_,
                                      .log = ports_.log,
                                      .metrics = ports_.metrics,
                                      .revoked = revoked_,
                                      .wall_now = net::wall_now,
                                      .mono_now = net::mono_now,
                                      .close_sockets = ports_.close_sockets});
  const auto after = [this](base::Duration wait, std::function<void()> call) {
    auto timer = std::make_shared<boost::asio::steady_timer>(ports_.loop.io(), wait);
    timer->async_wait([timer, call = std::move(call)](const boost::system::error_code& cancelled) {
      if (!cancelled) call();
    });
  };
  login_routes_.emplace(
      http::LoginRoutesSettings{.default_country = settings.login_default_country,
                                .to_phones = is_dev() || !settings.sms_url.reveal().empty(),
                                .to_emails = is_dev() || !settings.smtp_url.reveal().empty()},
      http::LoginRoutesPorts{.login = *login_,
                             .wall_now = net::wall_now,
                             .mono_now = net::mono_now,
                             .after = after,
                             .limited_client = ports_.limited_client,
                             .may_see_code = ports_.may_see_code});
}

std::unique_ptr<ports::CodeSender> Accounts::sender(const Settings& settings) {
  const auto hand_back = [&loop = ports_.loop](std::function<void()> call) {
    boost::asio::post(loop.io(), std::move(call));
  };
  const auto service = notify::service_of(settings.public_url);
  notify::CodeDelivery::Adapters adapters;
  const auto log_sender = [this] { return std::make_unique<notify::LogSender>(ports_.log); };
  if (const auto& url = settings.smtp_url.reveal(); !url.empty()) {
    const auto server = notify::read_smtp_url(url);
    const auto from = notify::read_mailbox(settings.smtp_from);
    ZVONOK_ASSERT(server && from);  // check_login has looked
    mailer_.emplace(hand_back);
    adapters.mail = std::make_unique<notify::MailSender>(
        notify::MailSettings{.server = *server, .from = *from, .ca_file = settings.smtp_ca_file}, service,
        notify::MailStamps{.now = net::wall_now, .random_id = [] { return auth::random_base64url(16); }},
        *mailer_);
  } else if (is_dev()) {
    adapters.mail = log_sender();
  }
  if (const auto& url = settings.sms_url.reveal(); !url.empty()) {
    client_.emplace(hand_back);
    adapters.sms =
        std::make_unique<notify::SmsSender>(notify::SmsSettings{.url = url,
                                                                .body = settings.sms_body,
                                                                .authorization = settings.sms_authorization,
                                                                .ca_file = settings.sms_ca_file},
                                            service, *client_);
  } else if (is_dev()) {
    adapters.sms = log_sender();
  }
  return std::make_unique<notify::CodeDelivery>(std::move(adapters));
}

std::vector<http::Route> Accounts::routes() {
  auto routes = user_routes_.routes();
  if (login_routes_)
    for (auto& route : login_routes_->routes()) routes.push_back(std::move(route));
  return routes;
}

void Accounts::replace_secrets(const Secret& secret, const Secret& previous) {
  if (secrets_ && !secret.reveal().empty()) secrets_->replace(secret, previous);
}

void Accounts::every_hour() {
  database_.transact([now = net::wall_now()](ports::AccountRows& rows) { accounts::forget_old(rows, now); },
                     // One that was not kept is made up for by the next.
                     [](const base::Result<void, ports::StoreError>& /*kept*/) {});
  hourly_.expires_after(base::hours(1));
  hourly_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) every_hour();
  });
}

}  // namespace zvonok::app
