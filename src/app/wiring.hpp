// From settings to what each part of the server is given. One function a part; nothing is decided here.
#pragma once

#include <cstddef>

#include "app/settings.hpp"
#include "auth/jwt_options.hpp"
#include "hub/hub.hpp"
#include "net/server.hpp"

namespace zvonok::app {

hub::Settings hub_settings(const Settings& settings);
net::ServerSettings server_settings(const Settings& settings, std::size_t connections_max);
auth::JwtOptions jwt_options(const Settings& settings);

}  // namespace zvonok::app
