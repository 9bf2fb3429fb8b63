#include "http/json_body.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace zvonok::http {

std::optional<JsonBody> JsonBody::parse(std::string_view text) {
  // Of two members of one name readers take the first or the last, and whoever looks before us might take the
  // other.
  bool doubled = false;
  std::set<std::string> names;
  const auto note_name = [&](int depth, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1)
      doubled = !names.insert(value.get<std::string>()).second || doubled;
    return true;
  };
  const auto json = nlohmann::json::parse(text, note_name, /*allow_exceptions=*/false);
  if (!json.is_object() || doubled) return std::nullopt;
  JsonBody body;
  for (const auto& [name, value] : json.items()) {
    const auto kind = value.is_string() ? Member::Kind::kText
                      : value.is_null() ? Member::Kind::kNull
                                        : Member::Kind::kOther;
    body.members_.push_back({name, kind, value.is_string() ? value.get<std::string>() : std::string()});
  }
  return body;
}

const JsonBody::Member* JsonBody::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &Member::name);
  return found == members_.end() ? nullptr : &*found;
}

bool JsonBody::has(std::string_view name) const {
  return find(name) != nullptr;
}

std::optional<std::string> JsonBody::text(std::string_view name) {
  const Member* member = find(name);
  if (member == nullptr || member->kind == Member::Kind::kNull) return std::nullopt;
  if (member->kind == Member::Kind::kText) return member->text;
  problem_ = "\"" + std::string(name) + "\" must be a text.";
  return std::nullopt;
}

}  // namespace zvonok::http
