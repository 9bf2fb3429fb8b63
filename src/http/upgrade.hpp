// May this request become a WebSocket? (RFC 6455 section 4.2.1; docs/protocol.md section 1.) Decides, does
// not answer.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/error.hpp"
#include "http/origin.hpp"
#include "http/request.hpp"

namespace zvonok::http {

struct UpgradePolicy {
  OriginList origins;
};

/// An accepted upgrade: what the 101 says, and the token to be verified before it leaves.
struct Upgrade {
  std::string key;                         // Sec-WebSocket-Key, which the 101 has to prove it has read
  std::optional<std::string> subprotocol;  // to be echoed
  std::string token;                       // empty: none was given
};

/// Whether the request asks for an upgrade to WebSocket at all, at whatever path. Only GET can: other methods
/// are the router's, whose 405 says which there are.
bool wants_upgrade(const Request& request);

base::Result<Upgrade, Error> check_upgrade(const Request& request, const UpgradePolicy& policy);

}  // namespace zvonok::http
