// What every connection needs to know of the server it belongs to.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "http/request.hpp"
#include "http/upgrade.hpp"
#include "hub/hub.hpp"
#include "net/peer_name.hpp"
#include "ports/log.hpp"
#include "ports/metrics_sink.hpp"
#include "ports/token_verifier.hpp"
#include "protocol/frame.hpp"

namespace zvonok::net {

class AddressTable;
class Loop;

/// protocol/protocol.json says what each is for and what a higher and a lower value would cost.
struct ConnectionLimits {
  std::size_t header_bytes, header_count, body_bytes;
  base::Duration request_head, request_body, keep_alive;
  base::Duration close_handshake, linger;
  std::size_t linger_bytes;
  std::size_t queue_bytes;
  protocol::FrameLimits frames;
  base::Duration message_progress;
  base::Rate control_frames;
  base::Duration ping_after, dead_after;
};

using HttpHandler = std::function<void(const http::Request&, http::Reply)>;

/// Lives longer than every connection.
struct Context {
  Loop& loop;
  hub::Hub& hub;
  AddressTable& addresses;
  ports::TokenVerifier& verifier;
  ports::LogSink& log;
  ports::MetricsSink& metrics;
  const ConnectionLimits limits;
  const http::UpgradePolicy upgrades;
  const std::vector<base::IpRange> trusted_proxies;
  const PeerNames peer_names;
  /// Set while the server stops: nothing new begins.
  bool draining = false;
  /// Set while the server is nearly full: only what is open goes on.
  bool full = false;
  std::size_t websockets = 0;
  std::size_t turn_streams = 0;
  bool untrusted_proxy_told = false;
  bool silent_proxy_told = false;
};

}  // namespace zvonok::net
