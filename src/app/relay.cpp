#include "app/relay.hpp"

#include <boost/asio/post.hpp>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/keys.hpp"
#include "app/settings_requirement.hpp"
#include "base/host_port.hpp"
#include "turn/urls.hpp"

namespace zvonok::app {
namespace {

using ports::Counter;
using ports::LogLevel;

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kLogMarkBytes = 16;
// Somebody can make it happen again and again.
constexpr base::Duration kNoPortToldEvery = base::minutes(1);
// coturn answers the same when it has no descriptor left.
constexpr std::string_view kNoPortText =
    "the relay has no port left: calls that need one fail; widen turn.relay_ports, or, if somebody opens "
    "connections without end, limit those to turn.port by address in the firewall";

turn::CoturnSettings coturn_settings(const Settings& settings, const std::string& state_folder,
                                     const turn::Secret& secret) {
  turn::CoturnSettings coturn;
  coturn.wishes.host = relay_host(settings);
  for (const auto& text : settings.turn_external_ip) {
    if (const auto address = base::IpAddress::parse(text)) coturn.wishes.external.push_back(*address);
  }
  coturn.wishes.allowed_peers = ranges(settings.turn_allowed_peers);
  coturn.secret = secret;
  coturn.port = static_cast<unsigned short>(settings.turn_port);
  const auto ports = parse_port_range(settings.turn_relay_ports);
  coturn.relay_ports = {ports->first, ports->last};
  coturn.user_quota = static_cast<unsigned>(settings.turn_user_quota);
  coturn.log_mark = random_text(kLogMarkBytes);
  coturn.state_folder = state_folder;
  return coturn;
}

// The supervisor has a thread of its own: what it tells is said and counted on the loop's.
turn::SupervisorEvents events(net::Loop& loop, ports::LogSink& log, ports::MetricsSink& metrics) {
  return {.told =
              [&loop, &log](LogLevel level, std::string text) {
                boost::asio::post(loop.io(),
                                  [&log, level, text = std::move(text)] { log.write(level, text); });
              },
          .used =
              [&loop, &log, &metrics, next_told = std::make_shared<base::MonoTime>(base::MonoTime::min())](
                  const turn::RelayUsage& usage, std::size_t allocations) {
                boost::asio::post(loop.io(), [&loop, &log, &metrics, usage, allocations, next_told] {
                  using ports::RelayOutcome;
                  const auto count = [&metrics](RelayOutcome outcome, std::uint64_t times) {
                    if (times > 0)
                      metrics.add(Counter::kRelayAllocations, static_cast<std::size_t>(outcome), times);
                  };
                  count(RelayOutcome::kMade, usage.allocations);
                  count(RelayOutcome::kQuota, usage.refused_quota);
                  count(RelayOutcome::kNoPort, usage.refused_no_port);
                  count(RelayOutcome::kLogin, usage.refused_login);
                  metrics.add(Counter::kRelayBytes, 0, usage.bytes_in);
                  metrics.add(Counter::kRelayBytes, 1, usage.bytes_out);
                  metrics.set(ports::Gauge::kRelayAllocations, static_cast<std::int64_t>(allocations));
                  if (usage.refused_no_port > 0 && loop.now() >= *next_told) {
                    *next_told = loop.now() + kNoPortToldEvery;
                    log.write(LogLevel::kWarn, kNoPortText);
                  }
                });
              },
          .restarted =
              [&loop, &metrics] {
                boost::asio::post(loop.io(), [&metrics] { metrics.add(Counter::kRelayRestarts, 0, 1); });
              }};
}

// Of public_url; empty if that is.
base::HostPort public_authority(const Settings& settings) {
  constexpr std::string_view kScheme = "://";
  const std::string_view url = settings.public_url;
  const auto scheme = url.find(kScheme);
  if (scheme == std::string_view::npos) return {};
  const auto rest = url.substr(scheme + kScheme.size());
  return base::split_host_port(rest.substr(0, rest.find('/')));
}

std::string public_host(const Settings& settings) {
  auto host = public_authority(settings).host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

}  // namespace

std::string relay_host(const Settings& settings) {
  return settings.turn_host.empty() ? public_host(settings) : settings.turn_host;
}

unsigned short turns_port(const Settings& settings) {
  constexpr unsigned short kHttps = 443;
  if (settings.tls_cert.empty()) return 0;
  const bool same_host = !settings.public_url.empty() && relay_host(settings) == public_host(settings);
  if (!same_host) return static_cast<unsigned short>(settings.port);
  return base::parse_port(public_authority(settings).port.value_or("")).value_or(kHttps);
}

base::Result<std::unique_ptr<Relay>, std::string> Relay::make(const Settings& settings, net::Loop& loop,
                                                              ports::LogSink& log,
                                                              ports::MetricsSink& metrics) {
  std::unique_ptr<Relay> relay(new Relay());
  const base::Duration ttl = base::seconds(settings.turn_ttl_s);
  if (settings.turn_mode == "managed") {
    if (auto managed = relay->manage(settings, loop, log, metrics); !managed)
      return base::Unexpected{managed.error()};
  } else if (settings.turn_mode == "external") {
    auto external =
        std::make_unique<turn::SharedSecretCredentials>(settings.turn_urls, settings.turn_secret, ttl);
    relay->external_ = external.get();
    relay->credentials_ = std::move(external);
  } else {
    log.write(LogLevel::kInfo,
              "no relay (turn.mode = off): calls between two networks that let nothing in will not connect");
    relay->credentials_ = std::make_unique<turn::NoRelay>(ttl);
  }
  return relay;
}

base::Result<void, std::string> Relay::manage(const Settings& settings, net::Loop& loop, ports::LogSink& log,
                                              ports::MetricsSink& metrics) {
  std::error_code error;
  std::filesystem::create_directories(settings.data_dir, error);
  const auto folder = error ? std::filesystem::path() : std::filesystem::absolute(settings.data_dir, error);
  if (error) return base::Unexpected{"data_dir " + settings.data_dir + " cannot be made: " + error.message()};
  const turn::Secret secret(random_text(kSecretBytes));
  supervisor_ = std::make_unique<turn::Supervisor>(
      coturn_settings(settings, folder.lexically_normal(), secret), events(loop, log, metrics));
  if (auto started = supervisor_->start(); !started) {
    loop.io().poll();  // what it has told on its way
    return started;
  }
  credentials_ = std::make_unique<turn::SharedSecretCredentials>(
      turn::urls_of({.host = relay_host(settings),
                     .port = static_cast<unsigned short>(settings.turn_port),
                     .tls_port = turns_port(settings)}),
      secret, base::seconds(settings.turn_ttl_s));
  return {};
}

void Relay::replace_secret(const Secret& secret) {
  if (external_ != nullptr) external_->replace_secret(secret);
}

}  // namespace zvonok::app
