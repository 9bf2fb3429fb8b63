#include "app/settings_check.hpp"

#include <algorithm>
#include <utility>

#include "app/login_check.hpp"
#include "app/relay.hpp"
#include "app/settings_requirement.hpp"

namespace zvonok::app {
namespace {

constexpr std::size_t kSecretBytesMin = 32;  // RFC 7518 section 3.2: no shorter than HS256's hash

void check_dev(const Settings& settings, Findings& findings) {
  const auto refuse = [&](bool is_set, const char* name) {
    if (!is_set) return;
    findings.errors.push_back(std::string("--dev lets anybody on this machine log in, and ") + name +
                              " would open it to others: remove one of the two");
  };
  refuse(!settings.tls_cert.empty(), "tls.cert");
  refuse(!settings.tls_key.empty(), "tls.key");
  refuse(!settings.trusted_proxies.empty(), "trusted_proxies");
  refuse(!settings.public_url.empty(), "public_url");
}

// A receiver is closed when its queue is full: one offer and what comes with it must never do that.
void check_limits(const Settings& settings, Findings& findings) {
  using protocol::Limit;
  if (settings.limit(Limit::kQueueBytes) >= 2 * settings.limit(Limit::kMessageBytes)) return;
  findings.errors.push_back("limits.queue_bytes must be at least twice limits.message_bytes (" +
                            std::to_string(settings.limit(Limit::kMessageBytes)) +
                            "): a single large offer would close the connection of the one who is called");
}

void check_keys(const Settings& settings, Mode mode, Findings& findings) {
  const bool has_secret = !settings.jwt_secret.reveal().empty();
  const bool has_previous = !settings.jwt_secret_previous.reveal().empty();
  if (!has_secret && !has_jwks(settings) && mode == Mode::kServe) {
    findings.errors.emplace_back(
        "there is no key to check tokens with: set JWT_SECRET to the secret with which your backend signs "
        "them (a new one: "
        "`openssl rand -base64 48`), or jwks.url (or jwks.file) to the public keys of your identity "
        "provider");
  }
  if (!settings.jwks_file.empty() && !settings.jwks_url.empty())
    findings.errors.emplace_back("jwks.file and jwks.url are both set: remove the one that is not meant");
  if (!settings.jwks_ca_file.empty() && settings.jwks_url.empty())
    findings.errors.emplace_back("jwks.ca_file is set and jwks.url, which it is for, is not");
  if (has_previous && !has_secret) {
    findings.errors.emplace_back(
        "jwt_secret_previous is set and jwt_secret is not: the secret in use belongs into jwt_secret");
  }
  for (const auto& [name, secret] : {std::pair{"jwt_secret", &settings.jwt_secret},
                                     std::pair{"jwt_secret_previous", &settings.jwt_secret_previous}}) {
    const auto bytes = secret->reveal().size();
    if (bytes == 0 || bytes >= kSecretBytesMin) continue;
    findings.warnings.push_back(
        std::string(name) + " has only " + std::to_string(bytes) +
        " bytes: a short one can be guessed from a single token, and then anybody can call as anybody; use " +
        std::to_string(kSecretBytesMin) + " or more (`openssl rand -base64 48`)");
  }
  const bool makes_secret = mode == Mode::kDev;
  for (const auto& algorithm : settings.jwt_algs) {
    if (algorithm.starts_with("HS") && !has_secret && !makes_secret) {
      findings.errors.push_back("jwt_algs has " + algorithm + ", which needs jwt_secret: set it, or remove " +
                                algorithm);
    }
    if (!algorithm.starts_with("HS") && !has_jwks(settings)) {
      findings.errors.push_back("jwt_algs has " + algorithm +
                                ", which needs jwks.url or jwks.file: set it, or remove " + algorithm);
    }
  }
}

bool overlaps(const PortBounds& range, std::int64_t port) {
  return range.first <= port && port <= range.last;
}

void check_managed_relay(const Settings& settings, Findings& findings) {
  if (relay_host(settings).empty()) {
    findings.errors.emplace_back(
        "turn.mode = managed needs to know where browsers find the relay: set public_url, or turn.host to a "
        "name or "
        "address of this machine");
  }
  const auto range = parse_port_range(settings.turn_relay_ports);
  const auto admin = parse_endpoint(settings.admin_listen);
  const std::int64_t admin_port = admin ? admin->port : 0;
  for (const auto& [name, port] :
       {std::pair{"turn.port", settings.turn_port}, std::pair{"port", settings.port},
        std::pair{"that of admin_listen,", admin_port}}) {
    if (range && overlaps(*range, port))
      findings.errors.push_back("turn.relay_ports " + settings.turn_relay_ports + " hold " + name + " " +
                                std::to_string(port) + ": they must not overlap");
  }
  if (settings.turn_port == settings.port)
    findings.errors.push_back("turn.port and port are both " + std::to_string(settings.port) +
                              ": choose another");
  if (settings.turn_port == admin_port)
    findings.errors.push_back("turn.port and the port of admin_listen are both " +
                              std::to_string(admin_port) + ": choose another");
  const bool automatic = settings.turn_external_ip == std::vector<std::string>{"auto"};
  if (!automatic && std::ranges::find(settings.turn_external_ip, "auto") != settings.turn_external_ip.end())
    findings.errors.emplace_back("turn.external_ip is auto or a list of addresses, not both");
  for (const bool v4 : {true, false}) {
    const auto of_family = [v4](const std::string& text) {
      const auto address = base::IpAddress::parse(text);
      return address && address->is_v4() == v4;
    };
    if (std::ranges::count_if(settings.turn_external_ip, of_family) > 1)
      findings.errors.push_back("turn.external_ip has more than one address of IPv" +
                                std::string(v4 ? "4" : "6"));
  }
}

void check_external_relay(const Settings& settings, Findings& findings) {
  constexpr std::size_t kUrlsMax = 4;
  // What coturn 4.6.1 reads of static-auth-secret is not what such a text says, and it answers 401 to
  // everybody.
  constexpr std::size_t kSecretBytesMax = 1'000;
  const auto& secret = settings.turn_secret.reveal();
  if (settings.turn_urls.empty() || settings.turn_urls.size() > kUrlsMax)
    findings.errors.emplace_back("turn.mode = external needs one to four turn.urls");
  if (secret.empty()) {
    findings.errors.emplace_back("turn.mode = external needs turn.secret, the one that the relay has");
    return;
  }
  const auto is_edge = [](char c) { return c == ' ' || c == '\t' || c == '"' || c == '\''; };
  if (is_edge(secret.front()) || is_edge(secret.back()) || secret.find('\n') != secret.npos ||
      secret.size() > kSecretBytesMax) {
    findings.errors.emplace_back(
        "turn.secret begins or ends with a blank or a quote, holds a line end, or is longer than 1,000 "
        "bytes: coturn "
        "would read another secret from its file; use another (openssl rand -hex 32)");
  }
}

}  // namespace

Findings check_secrets(const Settings& settings, Mode mode) {
  Findings findings;
  check_keys(settings, mode, findings);
  if (settings.turn_mode == "external") check_external_relay(settings, findings);
  return findings;
}

Findings check(const Settings& settings, Mode mode) {
  Findings findings = check_secrets(settings, mode);
  check_limits(settings, findings);
  if (settings.turn_mode == "managed") check_managed_relay(settings, findings);
  if (settings.turn_mode == "off" && (!settings.turn_urls.empty() || !settings.turn_host.empty()))
    findings.warnings.emplace_back("turn.urls or turn.host is set, and turn.mode is off: there is no relay");
  check_login(settings, mode, findings);
  if (mode == Mode::kDev) check_dev(settings, findings);
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    const bool has_cert = !settings.tls_cert.empty();
    findings.errors.push_back(std::string(has_cert ? "tls.cert" : "tls.key") + " is set and " +
                              (has_cert ? "tls.key" : "tls.cert") + " is not: TLS needs both");
  }
  if (settings.ws_dead_s <= settings.ws_ping_s) {
    findings.errors.push_back("ws.dead_s (" + std::to_string(settings.ws_dead_s) +
                              ") must be more than ws.ping_s (" + std::to_string(settings.ws_ping_s) +
                              "), or a connection would be given up before it was asked: raise ws.dead_s");
  }
  return findings;
}

}  // namespace zvonok::app
