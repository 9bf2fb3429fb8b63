// What a WebSocket's path, load balancers and probes are answered.
#pragma once

#include <functional>
#include <vector>

#include "http/route.hpp"

namespace zvonok::http {

/// `ready`: false while the server stops.
std::vector<Route> system_routes(std::function<bool()> ready);

}  // namespace zvonok::http
