// Every setting of the server as a plain value. A Settings{} holds the defaults; settings_table.cpp says what
// each one is for, settings_load.cpp fills them in, settings_check.cpp says whether they fit together.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ip_address.hpp"
#include "base/redacted.hpp"
#include "ports/log.hpp"
#include "protocol/wire.gen.hpp"

namespace zvonok::app {

using Secret = base::Redacted<std::string>;
enum class LogFormat { kText, kJson };

/// One value a limit, in the order of protocol::Limit.
using Limits = std::array<std::int64_t, protocol::kLimits.size()>;
constexpr Limits default_limits() {
  Limits limits{};
  for (std::size_t i = 0; i < limits.size(); ++i) limits[i] = protocol::kLimits[i].default_value;
  return limits;
}

struct Settings {
  std::int64_t port = 3001;
  std::string host;  // empty: every address, IPv6 and IPv4
  std::string public_url;
  std::string data_dir = "./zvonok-data";

  // The secrets themselves, whether they were given as a value or by a file; empty: none.
  Secret jwt_secret;
  Secret jwt_secret_previous;
  std::string jwt_secret_file;
  std::string jwt_secret_previous_file;
  std::vector<std::string> jwt_algs;  // empty: see allowed_algorithms()
  std::int64_t jwt_leeway_s = 0;
  std::string jwt_iss;
  std::vector<std::string> jwt_aud;
  std::string jwks_file;
  std::string jwks_url;
  std::string jwks_ca_file;  // empty: what the machine trusts
  std::int64_t jwks_refresh_s = 600;

  std::string tls_cert;
  std::string tls_key;

  std::string turn_mode = "off";  // managed, external or off
  std::string turn_host;          // empty: that of public_url
  std::vector<std::string> turn_external_ip{"auto"};
  std::int64_t turn_port = 3478;
  std::string turn_relay_ports = "49160-49960";
  std::vector<std::string> turn_urls;
  Secret turn_secret;
  std::string turn_secret_file;
  std::int64_t turn_ttl_s = 3600;
  std::int64_t turn_user_quota = 12;
  std::vector<std::string> turn_allowed_peers;

  bool login_enabled = false;
  std::string login_registration = "invite";  // invite, domains or open
  std::vector<std::string> login_domains;
  std::string login_default_country;
  std::int64_t login_max_messages_per_hour = 200;
  Secret smtp_url;  // it holds a password
  std::string smtp_url_file;
  std::string smtp_from;
  std::string smtp_ca_file;
  Secret sms_url;  // gateways put keys into it
  std::string sms_url_file;
  std::string sms_body = R"({"to":"{phone}","text":"{text}"})";
  Secret sms_authorization;
  std::string sms_authorization_file;
  std::string sms_ca_file;

  Secret database_url;  // empty: SQLite in data_dir
  std::string database_url_file;
  std::string storage_sync = "normal";

  bool web_demo = false;

  std::vector<std::string> trusted_proxies;
  std::vector<std::string> origins;
  std::vector<std::string> cors_origins;

  std::string admin_listen = "127.0.0.1:9464";  // empty: off
  bool admin_listen_given = false;  // taken at its default, the port is a warning; when set, an error

  ports::LogLevel log_level = ports::LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  bool log_addresses = false;

  std::int64_t ws_ping_s = 20;
  std::int64_t ws_dead_s = 45;
  std::int64_t call_ring_s = 45;

  Limits limits = default_limits();
  std::vector<std::string> address_exempt{"127.0.0.0/8", "::1"};

  // Whether they were set; with --dev their defaults are others.
  bool login_enabled_given = false, login_registration_given = false, web_demo_given = false;

  std::int64_t limit(protocol::Limit which) const { return limits[static_cast<std::size_t>(which)]; }
};

/// What --dev has in place of the defaults: people log in, everybody may, and there is a page to do it.
void take_dev_defaults(Settings& settings);

/// The ranges that a list of a loaded Settings names (trusted_proxies, address_exempt); loading has checked
/// each.
std::vector<base::IpRange> ranges(const std::vector<std::string>& texts);

/// Whether tokens may be signed with the keys of a JWKS.
bool has_jwks(const Settings& settings);

/// The `alg` values that a token may have: jwt_algs; if that is empty, HS* with a secret and RS*, PS*, ES*
/// with a JWKS.
std::vector<std::string> allowed_algorithms(const Settings& settings);

}  // namespace zvonok::app
