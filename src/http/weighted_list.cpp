#include "http/weighted_list.hpp"

#include <algorithm>

#include "http/request.hpp"

namespace zvonok::http {
namespace {

// What is no weight counts as none.
int weight_of(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return 1'000;
  const auto text = parameters.substr(at + 2);
  if (text.starts_with('1')) return 1'000;
  if (!text.starts_with("0.")) return 0;
  int weight = 0;
  int unit = 100;
  for (std::size_t i = 2; i < text.size() && unit > 0 && text[i] >= '0' && text[i] <= '9'; ++i, unit /= 10)
    weight += (text[i] - '0') * unit;
  return weight;
}

}  // namespace

std::vector<Weighted> read_weighted_list(std::string_view list) {
  std::vector<Weighted> entries;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto entry = list.substr(0, comma);
    const auto semicolon = std::min(entry.find(';'), entry.size());
    entries.push_back({trimmed(entry.substr(0, semicolon)), weight_of(entry.substr(semicolon))});
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return entries;
}

}  // namespace zvonok::http
