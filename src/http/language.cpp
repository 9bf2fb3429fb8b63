#include "http/language.hpp"

#include <algorithm>

#include "http/request.hpp"
#include "http/weighted_list.hpp"

namespace zvonok::http {
namespace {

// "ru-RU" is Russian.
bool is_language(std::string_view tag, std::string_view language) {
  return equal_ignoring_case(tag.substr(0, tag.find('-')), language);
}

}  // namespace

ports::Language preferred_language(std::string_view accept_language) {
  int russian = 0, english = 0;
  for (const auto& entry : read_weighted_list(accept_language)) {
    if (is_language(entry.name, "ru")) russian = std::max(russian, entry.weight);
    if (is_language(entry.name, "en")) english = std::max(english, entry.weight);
  }
  return russian > english ? ports::Language::kRussian : ports::Language::kEnglish;
}

}  // namespace zvonok::http
