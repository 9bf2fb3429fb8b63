// One log line as text. Values come from peers: whatever they hold, a line stays one line, valid UTF-8, and
// cannot pass for another one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ports/log.hpp"

namespace zvonok::app {

/// `warn token refused reason=expired detail="2 s ago"`: a value is quoted when it holds anything that could
/// be taken for the end of it. Unprintable characters and bytes that are not UTF-8 are written as \n, \u202e,
/// \xff; a value is cut at 256 bytes, with `…` behind it.
std::string text_line(ports::LogLevel level, std::string_view text, std::span<const ports::LogField> fields);

/// `"level":"warn","text":"token refused","reason":"expired"`: the inside of a JSON object, by the same
/// rules.
std::string json_members(ports::LogLevel level, std::string_view text,
                         std::span<const ports::LogField> fields);

/// The text with all that cannot be seen, and quotes and backslashes, escaped as in text_line; never cut.
std::string escaped(std::string_view text);

}  // namespace zvonok::app
