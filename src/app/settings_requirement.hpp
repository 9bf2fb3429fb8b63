// What the text of a setting must look like. Each function returns the end of the sentence "must be …", or
// nothing when the text is fine; it looks at the text alone: whether a file exists or an address is ours
// shows when it is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.hpp"

namespace zvonok::app {

std::string_view require_path(std::string_view text);           // not empty
std::string_view require_host(std::string_view text);           // an IP address or localhost; empty is fine
std::string_view require_url(std::string_view text);            // http or https; empty is fine
std::string_view require_https_url(std::string_view text);      // without a user; empty is fine
std::string_view require_algorithm(std::string_view text);      // HS256 … ES512
std::string_view require_address_range(std::string_view text);  // a CIDR range
std::string_view require_origin(std::string_view text);         // as browsers write it, or null
std::string_view require_endpoint(std::string_view text);       // ADDRESS:PORT; empty is fine

struct Endpoint {
  base::IpAddress address;
  std::uint16_t port = 0;
};
/// Reads `127.0.0.1:9464` or `[::1]:9464`; the port is 1–65535.
std::optional<Endpoint> parse_endpoint(std::string_view text);

std::string_view require_turn_mode(std::string_view text);
std::string_view require_turn_host(std::string_view text);
/// auto or an address.
std::string_view require_external_ip(std::string_view text);

/// From the first to the last, both included.
struct PortBounds {
  unsigned short first, last;
};
/// FIRST-LAST, within 1024 to 65535 and in this order.
std::optional<PortBounds> parse_port_range(std::string_view text);
std::string_view require_port_range(std::string_view text);

}  // namespace zvonok::app
