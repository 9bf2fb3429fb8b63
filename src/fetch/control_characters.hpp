// Line breaks and their like, by which a value that stands in a line of a protocol could become two lines.
#pragma once

#include <algorithm>
#include <string_view>

namespace zvonok::fetch {

/// C0 and DEL.
constexpr bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

}  // namespace zvonok::fetch
