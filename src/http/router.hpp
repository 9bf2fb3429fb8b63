// Which function answers which request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/authenticator.hpp"
#include "http/origin.hpp"
#include "http/request.hpp"
#include "http/route.hpp"

namespace zvonok::http {

struct RouterSettings {
  OriginList cors_origins;
  bool serves_page = false;  // else `/` says in one line what this server is
};

/// Outlives the server's requests, as do the authenticator and what the routes refer to.
class Router {
 public:
  Router(RouterSettings settings, const Authenticator& authenticator, std::vector<Route> routes);

  void answer(const Request& request, const Reply& reply) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  void dispatch(const Request& request, const Reply& reply) const;
  void call(const Route& route, const Request& request, std::string parameter, const Reply& reply) const;
  bool is_for_own_pages(std::string_view path) const;

  const RouterSettings settings_;
  const Authenticator& authenticator_;
  const std::vector<Route> routes_;
};

}  // namespace zvonok::http
