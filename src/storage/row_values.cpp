#include "storage/row_values.hpp"

#include <charconv>
#include <string_view>

namespace zvonok::storage {

std::string join_times(const std::vector<base::WallTime>& times) {
  std::string text;
  for (const auto time : times) text += (text.empty() ? "" : " ") + std::to_string(in_ms(time));
  return text;
}

std::vector<base::WallTime> split_times(const std::string& text) {
  std::vector<base::WallTime> times;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    long long ms = 0;
    const auto [next, error] = std::from_chars(at, end, ms);
    if (error != std::errc()) break;
    times.push_back(from_ms(ms));
    at = next < end ? next + 1 : end;
  }
  return times;
}

std::string escaped_for_like(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace zvonok::storage
