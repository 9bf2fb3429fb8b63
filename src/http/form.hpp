// Query strings, decoded as browsers and Node's URLSearchParams do (application/x-www-form-urlencoded).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zvonok::http {

/// `+` is a blank, `%41` an A; a `%` without two hex digits stays as it is.
std::string form_decoded(std::string_view text);

/// Of a path's segment (RFC 3986 section 2.1), where `+` is itself.
std::string percent_decoded(std::string_view text);

/// The decoded value of the first parameter of that name; nullopt when there is none.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

}  // namespace zvonok::http
