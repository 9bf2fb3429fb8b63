// The strict part of reading a request: what a lenient parser would let through and a proxy in front might
// read differently (RFC 9112 sections 2.2, 5.1, 6.3; RFC 9110 section 5.5). The parsing itself is Beast's.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "http/error.hpp"

namespace zvonok::net {

/// Judges a head as far as it has arrived, so that nonsense is answered at once and not after a timeout.
/// `from`: where the last look ended.
std::optional<http::Error> check_partial_head(std::string_view head, std::size_t from);

/// Judges a whole head, with its last CRLF but without the empty line.
std::optional<http::Error> check_head(std::string_view head, std::size_t header_count_max);

}  // namespace zvonok::net
