#include "auth/strict_json.hpp"

#include <jansson.h>

#include <cstdlib>

#include "base/assert.hpp"

namespace zvonok::auth {
namespace {

constexpr std::size_t kShownBytesMax = 100;

struct FreeDeleter {
  void operator()(char* text) const noexcept {
    std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): jansson's
  }
};

/// Counts brackets as jansson would meet them. Where the text is no JSON the count may be wrong from there
/// on, but that is where jansson stops.
bool nests_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kNestingMax) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

void JsonDeleter::operator()(json_t* json) const noexcept {
  json_decref(json);
}

JsonPtr parse_object(std::string_view text, NulEscapes nul_escapes) {
  if (nests_too_deep(text)) return nullptr;
  const std::size_t flags =
      JSON_REJECT_DUPLICATES | (nul_escapes == NulEscapes::kAccept ? JSON_ALLOW_NUL : std::size_t{0});
  // Jansson's own words for an error quote the text, which is part of a token: they must not get into a log.
  JsonPtr json(json_loadb(text.data(), text.size(), flags, nullptr));
  if (!json_is_object(json.get())) return nullptr;
  return json;
}

const json_t* member(const json_t& object, const char* name) {
  return json_object_get(&object, name);
}

std::optional<std::string_view> string_of(const json_t* value) {
  if (!json_is_string(value)) return std::nullopt;
  return std::string_view(json_string_value(value), json_string_length(value));
}

std::string to_json(const json_t& value) {
  const std::unique_ptr<char, FreeDeleter> text(
      json_dumps(&value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII));
  ZVONOK_ASSERT(text != nullptr);  // a value that was read or made can be written, but for want of memory
  return text.get();
}

std::string shown(const json_t* value) {
  if (value == nullptr) return "nothing";
  std::string cut = to_json(*value);
  if (cut.size() > kShownBytesMax) cut.replace(kShownBytesMax, std::string::npos, "...");
  return cut;
}

std::string shown(std::string_view text) {
  const JsonPtr json(json_stringn(text.data(), text.size()));
  return json ? shown(json.get()) : "text that is not UTF-8";
}

}  // namespace zvonok::auth
