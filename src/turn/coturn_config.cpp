#include "turn/coturn_config.hpp"

#include <algorithm>
#include <thread>

#include "turn/denied_peers.hpp"

namespace zvonok::turn {
namespace {

// One carries hundreds of calls; a machine of 64 cores would get 64 of them, and more tasks than its unit
// allows.
unsigned relay_threads() {
  constexpr unsigned kMax = 8;
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMax);
}

}  // namespace

std::string coturn_config(const CoturnSettings& settings, const RelayPlan& plan) {
  std::string text;
  const auto line = [&text](std::string_view name, std::string_view value = {}) {
    text += name;
    if (!value.empty()) text.append("=").append(value);
    text += '\n';
  };
  line("use-auth-secret");
  line("static-auth-secret", settings.secret.reveal());
  line("realm", settings.wishes.host);
  line("listening-port", std::to_string(settings.port));
  for (const auto& address : plan.listen) line("listening-ip", address.to_string());
  for (const auto& address : plan.relay) line("relay-ip", address.to_string());
  for (const auto& address : plan.external)
    line("external-ip", address.external.to_string() + "/" + address.own.to_string());
  line("min-port", std::to_string(settings.relay_ports.first));
  line("max-port", std::to_string(settings.relay_ports.last));
  line("user-quota", std::to_string(settings.user_quota));
  for (const auto& range : denied_peers())
    line("denied-peer-ip", std::string(range.first) + "-" + std::string(range.last));
  for (const auto& range : settings.wishes.allowed_peers)
    line("allowed-peer-ip", range.first().to_string() + "-" + range.last().to_string());
  line("relay-threads", std::to_string(relay_threads()));
  line("no-multicast-peers");
  line("no-tcp-relay");
  // TLS is ours to end, on the port that everybody can reach.
  line("no-tls");
  line("no-dtls");
  line("no-cli");
  line("no-rfc5780");
  line("no-software-attribute");
  line("fingerprint");
  line("stale-nonce", "600");
  line("userdb", settings.state_folder + "/coturn.db");
  line("pidfile", settings.state_folder + "/coturn.pid");
  // Its log comes to us, and what is told of every allocation with it.
  line("log-file", "stdout");
  line("simple-log");
  // What clients send stands in it as it came, with line ends of theirs: ours begin with a mark.
  line("new-log-timestamp");
  line("new-log-timestamp-format", settings.log_mark);
  line("verbose");
  return text;
}

}  // namespace zvonok::turn
