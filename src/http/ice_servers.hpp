// GET /api/ice-servers: what a client hands to `new RTCPeerConnection` before it calls.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "base/token_bucket.hpp"
#include "http/request.hpp"
#include "ports/token_verifier.hpp"
#include "ports/turn_credentials.hpp"

namespace zvonok::http {

struct IceServersPorts {
  ports::TokenVerifier& verifier;
  const ports::TurnCredentials& credentials;
  std::function<base::WallTime()> wall_now;
  std::function<base::MonoTime()> mono_now;
  /// Counts a refused token against the client's address, and logs it; false: that has tried too many.
  std::function<bool(const Request&, const ports::TokenRefusal&)> note_refused_token;
};

class IceServers {
 public:
  explicit IceServers(IceServersPorts ports) : ports_(std::move(ports)) {}

  /// Needs `Authorization: Bearer TOKEN`. 200 `{"iceServers":[…],"ttl":SECONDS}`, an RTCConfiguration with
  /// one member more; 401; 429. May reply later: it must outlive the server's requests.
  void answer(const Request& request, const Reply& reply);

  /// Users whose rate is remembered.
  std::size_t remembered() const { return rates_.size(); }

 private:
  Response respond(const std::string& user);
  bool try_take(const std::string& user, base::MonoTime now);

  const IceServersPorts ports_;
  std::unordered_map<std::string, base::TokenBucket> rates_;
  std::size_t forget_at_ = 1'024;  // entries; then those that are full go
};

}  // namespace zvonok::http
