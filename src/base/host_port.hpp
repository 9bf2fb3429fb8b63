// HOST and HOST:PORT as they stand in a Host header, a URL or a setting (RFC 3986 section 3.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zvonok::base {

struct HostPort {
  std::string_view host;                 // an IPv6 address with its brackets
  std::optional<std::string_view> port;  // what stands behind the last colon, unread; none: there is no colon
};
/// Splits, and judges nothing.
HostPort split_host_port(std::string_view text);

/// 1 to 65535, in digits and nothing else.
std::optional<std::uint16_t> parse_port(std::string_view digits);

}  // namespace zvonok::base
