// Where a client's media may go when it cannot go straight: the ICE servers and what opens them. Implemented
// by src/turn.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace zvonok::ports {

/// One entry of an RTCConfiguration's `iceServers` (W3C WebRTC section 4.2.4). A STUN server has no name and
/// credential.
struct IceServer {
  std::vector<std::string> urls;  // at least one
  std::string username, credential;
};

struct IceServers {
  std::vector<IceServer> servers;  // none: there is no relay, only direct calls connect
  base::Duration ttl;              // how long the credentials open new allocations
};

/// Called from the event loop's thread only.
class TurnCredentials {
 public:
  virtual ~TurnCredentials() = default;
  /// For one user (an id of 1 to 512 bytes), valid from `now` for the ttl. Two calls may give the same.
  virtual IceServers issue(std::string_view user, base::WallTime now) const = 0;
};

}  // namespace zvonok::ports
