// Values as they stand in columns: times as milliseconds, what may be missing as NULL.
#pragma once

#include <soci/soci.h>

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace zvonok::storage {

inline long long in_ms(base::WallTime time) {
  return time.time_since_epoch().count();
}
inline base::WallTime from_ms(long long ms) {
  return base::WallTime(base::Duration(ms));
}

/// A text of which the empty one is NULL: unique columns take any number of those.
struct NullableText {
  std::string text;
  soci::indicator indicator = soci::i_null;

  static NullableText of(const std::string& text) { return {text, text.empty() ? soci::i_null : soci::i_ok}; }
  std::string value() const { return indicator == soci::i_ok ? text : std::string(); }
};

struct NullableTime {
  long long ms = 0;
  soci::indicator indicator = soci::i_null;

  static NullableTime of(const std::optional<base::WallTime>& time) {
    if (!time) return {};
    return {in_ms(*time), soci::i_ok};
  }
  std::optional<base::WallTime> value() const {
    return indicator == soci::i_ok ? std::optional(from_ms(ms)) : std::nullopt;
  }
};

/// Times in one column, parted by blanks.
std::string join_times(const std::vector<base::WallTime>& times);
std::vector<base::WallTime> split_times(const std::string& text);

/// A text in which no character means anything to LIKE with ESCAPE '\'.
std::string escaped_for_like(std::string_view text);

}  // namespace zvonok::storage
