// What is counted. Families and their labels are tables, so the number of time series is bounded whatever
// clients do. Names follow Prometheus's conventions; src/metrics writes them out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "ports/token_verifier.hpp"

namespace zvonok::ports {

enum class Counter : std::uint8_t {
  kConnections,    // by outcome of the accept
  kHttpRequests,   // by class of the status
  kTokensRefused,  // by reason; the values are ports::TokenError
  kClosed,         // WebSockets closed by the server, by reason; protocol::CloseReason
  kMessagesIn,
  kMessagesOut,
  kMessagesIgnored,  // not understood; protocol::MessageError
  kMessagesDropped,  // understood, led to nothing; core::Drop
  kBytesIn,
  kBytesOut,
  kCallsRang,
  kCallsAnswered,
  kCallsEnded,        // core::EndReason
  kOffersRefused,     // core::Refusal
  kKeySets,           // answers of jwks.url, by outcome
  kReloads,           // of secrets and certificates, by outcome
  kRelayAllocations,  // RelayOutcome
  kRelayBytes,        // by direction
  kRelayRestarts,
  kLogins,           // codes that were shown; LoginVerdict
  kLoginCodes,       // codes that were asked for; LoginOutcome
  kProfilesDropped,  // what tokens say of their bearers, not kept
  kStoreFailures,    // transactions that were given up
};
inline constexpr std::size_t kCounters = 23;

struct CounterInfo {
  std::string_view name, help;
  std::string_view label{};  // empty: a counter without labels
  std::span<const std::string_view> values{};
};

/// What became of a connection that was there to be accepted, in the order of its label values.
enum class AcceptOutcome : std::uint8_t { kAccepted, kFull, kAddressFull, kAddressTooFast, kNoDescriptor };

/// What became of a client's wish for a relayed address, in the order of its label values.
enum class RelayOutcome : std::uint8_t { kMade, kQuota, kNoPort, kLogin };

/// What became of a code that was shown, in the order of its label values.
enum class LoginVerdict : std::uint8_t { kLoggedIn, kInvalidCode, kTooManyTries, kNotInvited };

/// What became of a code that was asked for, in the order of its label values. Not told apart: an address
/// that is nobody's, and one that has had its codes.
enum class LoginOutcome : std::uint8_t { kSent, kNotSent, kLimited };

namespace label_values {
inline constexpr std::string_view kAccepted[]{"accepted", "full", "address_full", "address_too_fast",
                                              "no_descriptor"};
inline constexpr std::string_view kStatus[]{"1xx", "2xx", "3xx", "4xx", "5xx"};
inline constexpr std::string_view kTokens[]{
    "missing", "too_long",      "malformed", "algorithm", "header", "unknown_key", "signature",
    "expired", "not_yet_valid", "issuer",    "audience",  "claims", "user_id",     "revoked"};
static_assert(std::size(kTokens) == static_cast<std::size_t>(TokenError::kRevoked) + 1);
inline constexpr std::string_view kCloses[]{
    "normal",       "protocol_error", "invalid_utf8",  "policy",   "too_large", "restarting",
    "unauthorized", "token_expired",  "session_ended", "too_slow", "too_many"};
inline constexpr std::string_view kIgnored[]{"not_json",    "not_an_object", "no_event", "unknown_event",
                                             "doubled_key", "too_many_keys", "no_target"};
inline constexpr std::string_view kDropped[]{"no_call", "not_now", "candidates_full"};
inline constexpr std::string_view kEndReasons[]{
    "hangup",    "cancelled",   "declined",        "busy",
    "no_answer", "unreachable", "connection_lost", "server_shutdown"};
inline constexpr std::string_view kRefusals[]{"self_call", "in_call", "repeat", "rate_limited",
                                              "token_expired"};
inline constexpr std::string_view kOutcome[]{"taken", "refused"};
inline constexpr std::string_view kRelay[]{"made", "quota", "no_port", "login"};
inline constexpr std::string_view kLogins[]{"logged_in", "invalid_code", "too_many_tries", "not_invited"};
inline constexpr std::string_view kLoginCodes[]{"sent", "not_sent", "limited"};
inline constexpr std::string_view kDirection[]{"from_clients", "to_clients"};
}  // namespace label_values

inline constexpr std::array<CounterInfo, kCounters> kCounterTable{{
    {"zvonok_connections_total", "Connections accepted or refused", "outcome", label_values::kAccepted},
    {"zvonok_http_requests_total", "HTTP requests answered", "status", label_values::kStatus},
    {"zvonok_tokens_refused_total", "Tokens refused", "reason", label_values::kTokens},
    {"zvonok_websocket_closed_total", "WebSockets closed by the server", "reason", label_values::kCloses},
    {"zvonok_messages_received_total", "Messages received from clients"},
    {"zvonok_messages_sent_total", "Messages sent to clients"},
    {"zvonok_messages_ignored_total", "Messages that were not understood", "reason", label_values::kIgnored},
    {"zvonok_messages_dropped_total", "Messages that belonged to no call", "reason", label_values::kDropped},
    {"zvonok_received_bytes_total", "Bytes received on WebSockets"},
    {"zvonok_sent_bytes_total", "Bytes sent on WebSockets"},
    {"zvonok_calls_rang_total", "Calls that began to ring"},
    {"zvonok_calls_answered_total", "Calls that were answered"},
    {"zvonok_calls_ended_total", "Calls that ended", "reason", label_values::kEndReasons},
    {"zvonok_offers_refused_total", "Offers that made no call", "reason", label_values::kRefusals},
    {"zvonok_jwks_answers_total", "Answers of jwks.url that were good, or not", "outcome",
     label_values::kOutcome},
    {"zvonok_reloads_total", "Secrets and certificates re-read on SIGHUP", "outcome", label_values::kOutcome},
    {"zvonok_relay_allocations_total", "Relayed addresses that clients asked the managed relay for",
     "outcome", label_values::kRelay},
    {"zvonok_relay_bytes_total", "Bytes relayed, counted when a client leaves the relay", "direction",
     label_values::kDirection},
    {"zvonok_relay_restarts_total", "Starts of the managed relay after its first"},
    {"zvonok_logins_total", "Login codes that people showed", "outcome", label_values::kLogins},
    {"zvonok_login_codes_total", "Login codes that were sent, could not be sent, or were over a limit",
     "outcome", label_values::kLoginCodes},
    {"zvonok_profiles_dropped_total", "Names and pictures of tokens that were not kept"},
    {"zvonok_store_failures_total", "Transactions of the database that were given up"},
}};

/// What is now, asked for when somebody looks.
enum class Gauge : std::uint8_t {
  kConnectionsOpen,
  kWebSocketsOpen,
  kDevices,
  kUsers,
  kCalls,
  kRateLimits,
  kDeadlines,
  kRelayAllocations,
  kTurnStreams
};
inline constexpr std::size_t kGauges = 9;
struct GaugeInfo {
  std::string_view name, help;
};
inline constexpr std::array<GaugeInfo, kGauges> kGaugeTable{{
    {"zvonok_connections_open", "Open connections of any kind"},
    {"zvonok_websockets_open", "Open WebSockets"},
    {"zvonok_devices_online", "Devices that can be rung"},
    {"zvonok_users_online", "Users with at least one device"},
    {"zvonok_calls_live", "Calls that ring or run"},
    {"zvonok_rate_limits_remembered", "Rate limits that are not full"},
    {"zvonok_deadlines_pending", "Deadlines of calls and expired tokens that are waited for"},
    {"zvonok_relay_allocations_live", "Relayed addresses that clients of the managed relay hold"},
    {"zvonok_turn_streams_open", "Open connections of TURN over TLS on our own port"},
}};

/// Called from the event loop's thread only; costs a few nanoseconds.
class MetricsSink {
 public:
  virtual ~MetricsSink() = default;
  /// `value`: the place in the family's label values; 0 for a family without labels.
  virtual void add(Counter counter, std::size_t value = 0, std::uint64_t amount = 1) = 0;
  virtual void set(Gauge gauge, std::int64_t value) = 0;
};

}  // namespace zvonok::ports
