// As much of JSON (RFC 8259) as a body needs that an operator wrote and we fill in.
#pragma once

#include <string>
#include <string_view>

namespace zvonok::notify {

/// UTF-8 text as it stands between the quotes of a JSON string.
std::string json_escaped(std::string_view text);

/// Whether it is one JSON value and nothing else, of at most 32 levels. That strings are UTF-8 is not asked.
bool is_json(std::string_view text);

}  // namespace zvonok::notify
