// Which web pages may use the server: lists of origins (RFC 6454), for WebSockets and for CORS.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace zvonok::http {

/// Scheme and host in lower case, the scheme's default port left out: `HTTPS://App.example:443` is
/// `https://app.example`. What is no `scheme://host[:port]` (`null`, `file://`) comes back in lower case as
/// it is.
std::string normalised_origin(std::string_view origin);

class OriginList {
 public:
  OriginList() = default;
  explicit OriginList(const std::vector<std::string>& origins);
  bool empty() const { return origins_.empty(); }
  bool holds(std::string_view origin) const;

 private:
  std::vector<std::string> origins_;  // normalised
};

/// Whether a WebSocket may be opened: any page when no list is set; no Origin header is a native client and
/// passes.
bool websocket_origin_allowed(const OriginList& allowed, const Request& request);

/// Adds the CORS headers for a page that may read the reply, and `Vary: Origin` either way. An empty list: no
/// CORS at all.
void add_cors(const OriginList& allowed, const Request& request, Response& response);
/// The reply to a preflight (OPTIONS with Access-Control-Request-Method).
Response preflight_response(const OriginList& allowed, const Request& request);

}  // namespace zvonok::http
