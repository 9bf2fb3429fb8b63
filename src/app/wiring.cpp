#include "app/wiring.hpp"

#include <utility>
#include <vector>

#include "auth/algorithm.hpp"

namespace zvonok::app {
namespace {

using protocol::Limit;

std::size_t size_of(const Settings& settings, Limit limit) {
  return static_cast<std::size_t>(settings.limit(limit));
}

base::Duration seconds_of(const Settings& settings, Limit limit) {
  return base::seconds(settings.limit(limit));
}

base::Rate rate_of(const Settings& settings, Limit count, base::Duration period, Limit burst) {
  return base::Rate::per(settings.limit(count), period, settings.limit(burst));
}

// Who is no client: the machine itself, and proxies that speak for many.
std::vector<base::IpRange> uncounted(const Settings& settings) {
  auto addresses = ranges(settings.address_exempt);
  const auto proxies = ranges(settings.trusted_proxies);
  addresses.insert(addresses.end(), proxies.begin(), proxies.end());
  return addresses;
}

// A rate whose burst is what one period allows.
base::Rate rate_of(const Settings& settings, Limit count, base::Duration period) {
  return rate_of(settings, count, period, count);
}

}  // namespace

hub::Settings hub_settings(const Settings& settings) {
  return {
      .core = {.calls = {.ring_max = base::seconds(settings.call_ring_s),
                         .candidates = {.kept = size_of(settings, Limit::kCandidatesKept),
                                        .bytes = size_of(settings, Limit::kCandidateBytes)}},
               .offers = {.caller =
                              rate_of(settings, Limit::kOffersPerMin, base::minutes(1), Limit::kOffersBurst),
                          .pair = rate_of(settings, Limit::kPairPerMin, base::minutes(1), Limit::kPairBurst),
                          .pair_long_term = rate_of(settings, Limit::kPairPerH, base::hours(1))},
               .devices_per_user = size_of(settings, Limit::kDevicesPerUser)},
      .payload_keys = size_of(settings, Limit::kPayloadKeys),
      .messages = rate_of(settings, Limit::kMessagesPerS, base::seconds(1), Limit::kMessagesBurst),
      .invalid_messages = rate_of(settings, Limit::kInvalidPerMin, base::minutes(1)),
      .throttled_max = seconds_of(settings, Limit::kThrottledMaxS),
  };
}

net::ServerSettings server_settings(const Settings& settings, std::size_t connections_max) {
  return {
      .limits = {.header_bytes = size_of(settings, Limit::kHeaderBytes),
                 .header_count = size_of(settings, Limit::kHeaderCount),
                 .body_bytes = size_of(settings, Limit::kBodyBytes),
                 .request_head = seconds_of(settings, Limit::kRequestHeadS),
                 .request_body = seconds_of(settings, Limit::kRequestBodyS),
                 .keep_alive = seconds_of(settings, Limit::kKeepAliveS),
                 .close_handshake = seconds_of(settings, Limit::kCloseHandshakeS),
                 .linger = seconds_of(settings, Limit::kLingerS),
                 .linger_bytes = size_of(settings, Limit::kLingerBytes),
                 .queue_bytes = size_of(settings, Limit::kQueueBytes),
                 .frames = {.message_bytes = size_of(settings, Limit::kMessageBytes),
                            .fragments = size_of(settings, Limit::kMessageFragments)},
                 .message_progress = seconds_of(settings, Limit::kMessageProgressS),
                 .control_frames =
                     rate_of(settings, Limit::kControlPerS, base::seconds(1), Limit::kControlBurst),
                 .ping_after = base::seconds(settings.ws_ping_s),
                 .dead_after = base::seconds(settings.ws_dead_s)},
      .addresses = {.connections = size_of(settings, Limit::kAddressConnections),
                    .without_request = size_of(settings, Limit::kAddressUnauthenticated),
                    .new_connections =
                        rate_of(settings, Limit::kAddressNewPerS, base::seconds(1), Limit::kAddressNewBurst),
                    .bad_tokens = rate_of(settings, Limit::kAddressBadTokensPerMin, base::minutes(1)),
                    .exempt = uncounted(settings)},
      .upgrades = {.origins = http::OriginList(settings.origins)},
      .trusted_proxies = ranges(settings.trusted_proxies),
      .log_addresses = settings.log_addresses ? net::LogAddresses::kPlain : net::LogAddresses::kHashed,
      .connections_max = connections_max,
      .turn_port = settings.turn_mode == "managed"
                       ? std::optional(static_cast<unsigned short>(settings.turn_port))
                       : std::nullopt,
  };
}

auth::JwtOptions jwt_options(const Settings& settings) {
  auth::JwtOptions options;
  options.algorithms.clear();
  for (const auto& name : allowed_algorithms(settings)) {
    if (const auto algorithm = auth::parse_algorithm(name)) options.algorithms.push_back(*algorithm);
  }
  options.leeway = base::seconds(settings.jwt_leeway_s);
  options.issuer = settings.jwt_iss;
  options.audiences = settings.jwt_aud;
  return options;
}

}  // namespace zvonok::app
