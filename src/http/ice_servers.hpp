// GET /api/ice-servers: what a client hands to `new RTCPeerConnection` before it calls.
#pragma once

#include <functional>

#include "http/route.hpp"
#include "http/user_rates.hpp"
#include "ports/turn_credentials.hpp"

namespace zvonok::http {

struct IceServersPorts {
  const ports::TurnCredentials& credentials;
  std::function<base::WallTime()> wall_now;
  std::function<base::MonoTime()> mono_now;
};

/// Outlives the server's requests.
class IceServers {
 public:
  explicit IceServers(IceServersPorts ports) : ports_(std::move(ports)) {}

  Route route();

  /// 200 `{"iceServers":[…],"ttl":SECONDS}`, an RTCConfiguration with one member more; 429.
  Response respond(const std::string& user);

  /// Users whose rate is remembered.
  std::size_t remembered() const { return rates_.remembered(); }

 private:
  const IceServersPorts ports_;
  // A client asks once a call, and once in `ttl` during one; several devices and impatient pages are within
  // it.
  UserRates rates_{base::Rate::per(60, base::minutes(1), 60)};
};

}  // namespace zvonok::http
