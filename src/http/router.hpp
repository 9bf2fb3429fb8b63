// Which function answers which request.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "http/dev_login.hpp"
#include "http/origin.hpp"
#include "http/request.hpp"

namespace zvonok::http {

struct RouterSettings {
  OriginList cors_origins;
};

/// What the routes ask of the rest of the server.
struct RouterPorts {
  std::function<bool()> ready;  // false while the server stops
  std::function<base::WallTime()> wall_now;
  /// GET /api/ice-servers; may reply later.
  std::function<void(const Request&, const Reply&)> ice_servers;
};

class Router {
 public:
  /// `dev_login`: only with --dev.
  Router(RouterSettings settings, RouterPorts ports, std::optional<DevLogin> dev_login);

  void answer(const Request& request, const Reply& reply) const;

 private:
  Response respond(const Request& request) const;
  std::string_view methods_of(const Request& request) const;
  Response health() const;
  Response readiness() const;

  const RouterSettings settings_;
  const RouterPorts ports_;
  const std::optional<DevLogin> dev_login_;
};

}  // namespace zvonok::http
