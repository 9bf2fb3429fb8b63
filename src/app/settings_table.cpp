#include "app/settings_table.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>

#include "app/login_settings.hpp"
#include "app/settings_requirement.hpp"
#include "app/storage_settings.hpp"
#include "turn/urls.hpp"

namespace zvonok::app {
namespace {

constexpr std::string_view kListen = "Where it listens";
constexpr std::string_view kWho = "Who may call";
constexpr std::string_view kWeb = "Proxies and web pages";
constexpr std::string_view kTurn = "Relay (TURN)";
constexpr std::string_view kLog = "Logs";
constexpr std::string_view kCall = "Connections and calls";
constexpr std::string_view kLimitsGroup = "Limits";

std::vector<Setting> listen_settings() {
  return {
      {"port", kListen, "N", &Settings::port, "TCP port of HTTP and WebSocket",
       "The port of the original backend.", 1, 65535},
      {"host", kListen, "ADDRESS", &Settings::host, "address to listen on; empty: all, IPv6 and IPv4",
       "Behind a proxy on the same machine 127.0.0.1 keeps everybody else out.", 0, 0, require_host},
      {"public_url", kListen, "URL", &Settings::public_url, "how people reach this server from outside",
       "Behind a proxy the server cannot know it.", 0, 0, require_url},
      {"tls.cert", kListen, "FILE", &Settings::tls_cert,
       "certificate chain (PEM); with tls.key the port speaks TLS",
       "Empty: plain, for use behind a proxy or on localhost. SIGHUP reads it again."},
      {"tls.key", kListen, "FILE", &Settings::tls_key, "private key of tls.cert (PEM)",
       "SIGHUP reads it again."},
      {"admin_listen", kListen, "ADDRESS:PORT", &Settings::admin_listen, "listener of /metrics; empty: none",
       "Metrics say who is busy and when: they stay on this machine unless you decide otherwise.", 0, 0,
       require_endpoint},
      {"data_dir", kListen, "FOLDER", &Settings::data_dir, "folder of what the server keeps",
       "People and their logins, unless database_url is set; fetched keys; with --dev the secret and the "
       "certificate. "
       "One server at a time.",
       0, 0, require_path},
  };
}

std::vector<Setting> token_settings() {
  return {
      {"jwt_secret", kWho, "TEXT", &Settings::jwt_secret, "secret of the tokens (HS256, HS384, HS512)",
       "The one with which your backend signs. At least 32 bytes (RFC 7518 section 3.2)."},
      {"jwt_secret_file", kWho, "FILE", &Settings::jwt_secret_file, "file that holds jwt_secret",
       "A flag or a variable can be seen by others, a file has an owner. One line end at its end is cut. "
       "SIGHUP reads it again.",
       0, 0, require_path},
      {"jwt_secret_previous", kWho, "TEXT", &Settings::jwt_secret_previous, "secret that is still accepted",
       "So that a new secret logs nobody out: keep the old one here until its last token has expired."},
      {"jwt_secret_previous_file", kWho, "FILE", &Settings::jwt_secret_previous_file,
       "file that holds jwt_secret_previous", "As for jwt_secret_file.", 0, 0, require_path},
      {"jwt_algs", kWho, "LIST", &Settings::jwt_algs,
       "accepted algorithms; empty: HS* with a secret; RS*, PS*, ES* with a JWKS",
       "Fewer is safer; `none` is never accepted.", 0, 0, require_algorithm},
      {"jwt_leeway_s", kWho, "SECONDS", &Settings::jwt_leeway_s, "tolerance for exp and nbf",
       "For clocks that differ. The original has none; every second lets an expired token live longer.", 0,
       30},
      {"jwt_iss", kWho, "TEXT", &Settings::jwt_iss, "required `iss` of a token; empty: any",
       "Set it when others get tokens signed with the same key."},
      {"jwt_aud", kWho, "LIST", &Settings::jwt_aud, "one of these must be in a token's `aud`; empty: any",
       "As for jwt_iss."},
      {"jwks.file", kWho, "FILE", &Settings::jwks_file, "public keys (JWKS) for RS, PS and ES tokens",
       "For identity providers. A token's `kid` picks the key."},
      {"jwks.url", kWho, "URL", &Settings::jwks_url, "where such keys are fetched from",
       "At the start, every jwks.refresh_s, and when a token names a key that is not there. The last good "
       "answer is kept in data_dir.",
       0, 0, require_https_url},
      {"jwks.ca_file", kWho, "FILE", &Settings::jwks_ca_file,
       "certificates (PEM) that jwks.url must be signed by; empty: what the machine trusts",
       "For an identity provider of your own."},
      {"jwks.refresh_s", kWho, "SECONDS", &Settings::jwks_refresh_s, "how often jwks.url is asked",
       "Oftener costs the provider requests; more seldom lets a key that it has withdrawn live longer.", 1,
       86'400},
  };
}

std::vector<Setting> web_settings() {
  return {
      {"trusted_proxies", kWeb, "LIST", &Settings::trusted_proxies,
       "ranges whose X-Forwarded-For is believed", "From anybody else it would be a lie that costs nothing.",
       0, 0, require_address_range},
      {"origins", kWeb, "LIST", &Settings::origins, "web pages that may open /ws; empty: all",
       "A token is needed in any case; this keeps a stolen one out of other people's pages.", 0, 0,
       require_origin},
      {"cors_origins", kWeb, "LIST", &Settings::cors_origins,
       "web pages that may use the HTTP API from another origin", "Empty: only pages of this server.", 0, 0,
       require_origin},
      {"web.demo", kWeb, "BOOL", &Settings::web_demo,
       "whether / is a small messenger to call with; on with --dev",
       "Off for servers behind an application of their own: / says in one line what this is."},
  };
}

std::vector<Setting> turn_settings() {
  return {
      {"turn.mode", kTurn, "MODE", &Settings::turn_mode,
       "managed: zvonok runs coturn; external: another relay; off",
       "Without a relay calls between two networks that let nothing in do not connect.", 0, 0,
       require_turn_mode},
      {"turn.host", kTurn, "HOST", &Settings::turn_host,
       "name or address of the managed relay; empty: that of public_url", "Browsers are sent there.", 0, 0,
       require_turn_host},
      {"turn.external_ip", kTurn, "LIST", &Settings::turn_external_ip,
       "address that people outside see, one for IPv4 and one for IPv6; auto: what turn.host means",
       "Behind 1:1 NAT (most clouds) the machine itself has only a private address.", 0, 0,
       require_external_ip},
      {"turn.port", kTurn, "N", &Settings::turn_port, "port of the managed relay, UDP and TCP",
       "The one of RFC 8656.", 1, 65535},
      {"turn.relay_ports", kTurn, "FIRST-LAST", &Settings::turn_relay_ports,
       "UDP ports that the managed relay gives out",
       "Each relayed call takes two to eight of them; open them in the firewall.", 0, 0, require_port_range},
      {"turn.user_quota", kTurn, "N", &Settings::turn_user_quota,
       "relay ports that one user may hold at once",
       "Browsers take one for each way to the relay, Firefox two; a call has two or three such ways.", 1,
       1000},
      {"turn.allowed_peers", kTurn, "LIST", &Settings::turn_allowed_peers,
       "private ranges that the managed relay may send to all the same",
       "For a network without outside. By default it sends to public addresses only, or it would be a way "
       "into yours.",
       0, 0, require_address_range},
      {"turn.urls", kTurn, "LIST", &Settings::turn_urls, "URLs of the external relay, at most four",
       "Such as turn:turn.example.com:3478?transport=udp; browsers warn above four.", 0, 0,
       turn::url_problem},
      {"turn.secret", kTurn, "TEXT", &Settings::turn_secret, "secret that the external relay shares with us",
       "coturn's static-auth-secret, with use-auth-secret."},
      {"turn.secret_file", kTurn, "FILE", &Settings::turn_secret_file, "file that holds turn.secret",
       "As for jwt_secret_file.", 0, 0, require_path},
      {"turn.ttl_s", kTurn, "SECONDS", &Settings::turn_ttl_s, "how long a credential opens new allocations",
       "A leaked one is of use for so long; clients renew theirs in time.", 60, 86400},
  };
}

std::vector<Setting> log_settings() {
  return {
      {"log.level", kLog, "LEVEL", &Settings::log_level,
       "least level that is written: debug, info, warn or error",
       "info has one line for each event in the life of a call."},
      {"log.format", kLog, "FORMAT", &Settings::log_format, "form of a line: text or json",
       "json has one object a line."},
      {"log.addresses", kLog, "BOOL", &Settings::log_addresses,
       "whether addresses of clients are logged as they are",
       "Otherwise a keyed hash is (with a new key at each start): an address is personal data."},
  };
}

std::vector<Setting> call_settings() {
  return {
      {"ws.ping_s", kCall, "SECONDS", &Settings::ws_ping_s, "ping after this much silence",
       "nginx drops an idle connection after 60 s, mobile networks after 30 to 60 s; a lower value wakes "
       "phones.",
       1, 3600},
      {"ws.dead_s", kCall, "SECONDS", &Settings::ws_dead_s,
       "a connection that was silent for so long is dead",
       "Must be more than ws.ping_s. The other party of a call waits this long for the hangup.", 2, 7200},
      {"call.ring_s", kCall, "SECONDS", &Settings::call_ring_s, "a call that nobody answers ends after",
       "Long enough to find the phone; telephone networks ring for 30 to 60 s.", 1, 180},
  };
}

std::vector<Setting> limit_settings() {
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < protocol::kLimits.size(); ++i) {
    const auto& limit = protocol::kLimits[i];
    if (limit.fixed) continue;
    settings.push_back({"limits." + std::string(limit.name), kLimitsGroup, "N",
                        static_cast<protocol::Limit>(i), std::string(limit.about), std::string(limit.reason),
                        limit.min, limit.max});
  }
  settings.push_back(
      {"limits.address_exempt", kLimitsGroup, "LIST", &Settings::address_exempt,
       "ranges that no limit per address counts; empty: none",
       "A proxy on this machine that sends no X-Forwarded-For would be one address for everybody.", 0, 0,
       require_address_range});
  return settings;
}

std::vector<Setting> make_table() {
  std::vector<Setting> table;
  for (auto group : {listen_settings(), token_settings(), login_settings(), storage_settings(),
                     web_settings(), turn_settings(), log_settings(), call_settings(), limit_settings()}) {
    std::ranges::move(group, std::back_inserter(table));
  }
  return table;
}

// Levenshtein's distance, one row at a time.
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Setting> settings_table() {
  static const std::vector<Setting> kTable = make_table();
  return kTable;
}

const Setting* find_setting(std::string_view name) {
  const auto table = settings_table();
  const auto found = std::ranges::find(table, name, &Setting::name);
  return found == table.end() ? nullptr : &*found;
}

std::string environment_name(std::string_view setting) {
  std::string name = "ZVONOK_";
  for (const char c : setting)
    name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::string nearest_name(std::string_view wrong, std::span<const std::string> names) {
  // Nobody mistypes hundreds of characters, and the work grows with the product of the lengths.
  constexpr std::size_t kNameMax = 64;
  wrong = wrong.substr(0, kNameMax);
  std::string_view nearest;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (const auto& name : names) {
    if (const auto needed = edits(wrong, name); needed < fewest) {
      fewest = needed;
      nearest = name;
    }
  }
  return std::string(nearest);
}

}  // namespace zvonok::app
