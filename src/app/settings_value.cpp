#include "app/settings_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <type_traits>

#include "app/log_text.hpp"

namespace zvonok::app {
namespace {

using Type = RawValue::Type;

// What a value should have been, as the end of "must be …"; empty: it is fine.
struct Problem {
  std::string must_be;
  std::optional<std::string> item;  // the one of a list that is meant
};

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kFormatNames{"text", "json"};

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

// Only the plain decimal form: `+3001`, `0x0bb9`, `3001.0` and ` 3001` are more likely mistakes than wishes.
std::optional<std::int64_t> parse_number(std::string_view text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

std::string text_problem(const Setting& setting, std::string_view text) {
  if (has_control_character(text)) return "without line ends and other control characters";
  return setting.requirement ? std::string(setting.requirement(text)) : std::string();
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// "a, b" -> a, b; "" -> nothing. A comma too many leaves an empty item, which no requirement lets through by
// chance.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> items;
  if (trimmed(text).empty()) return items;
  while (true) {
    const auto comma = text.find(',');
    items.emplace_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

template <class Enum, std::size_t N>
Problem assign_choice(Enum& place, const std::array<std::string_view, N>& names, std::string_view text) {
  const auto found = std::ranges::find(names, text);
  if (found != names.end()) {
    place = static_cast<Enum>(found - names.begin());
    return {};
  }
  std::string choices;
  for (const auto name : names) choices += (choices.empty() ? "" : " or ") + std::string(name);
  return {choices, {}};
}

// Assigns by the type of the place. Each overload returns what the value must be if it is not that.
struct Assign {
  const Setting& setting;
  const RawValue& raw;

  bool is(Type type) const { return raw.type == Type::kWord || raw.type == type; }
  std::string unquoted() const { return raw.type == Type::kText ? " without quotes" : ""; }

  Problem operator()(std::string& place) const {
    if (!is(Type::kText)) return {"a text in quotes", {}};
    place = raw.text;
    return {text_problem(setting, raw.text), {}};
  }
  Problem operator()(Secret& place) const {
    if (!is(Type::kText)) return {"a text in quotes", {}};
    place = Secret(raw.text);
    return {raw.text.empty() ? "not empty (a secret is made with `openssl rand -base64 48`)" : "", {}};
  }
  Problem operator()(std::vector<std::string>& place) const {
    if (!is(Type::kList)) return {R"(a list such as ["a", "b"])", {}};
    place = raw.type == Type::kWord ? split(raw.text) : raw.items;
    for (const auto& item : place) {
      if (item.empty()) return {"filled in", item};
      if (auto problem = text_problem(setting, item); !problem.empty()) return {std::move(problem), item};
    }
    return {};
  }
  Problem operator()(std::int64_t& place) const {
    const auto number = is(Type::kNumber) ? parse_number(raw.text) : std::nullopt;
    if (!number || *number < setting.min || *number > setting.max) {
      return {"a whole number from " + std::to_string(setting.min) + " to " + std::to_string(setting.max) +
                  unquoted(),
              {}};
    }
    place = *number;
    return {};
  }
  Problem operator()(bool& place) const {
    if (!is(Type::kSwitch) || (raw.text != "true" && raw.text != "false"))
      return {"true or false" + unquoted(), {}};
    place = raw.text == "true";
    return {};
  }
  Problem operator()(ports::LogLevel& place) const {
    if (!is(Type::kText)) return {"a text in quotes", {}};
    return assign_choice(place, kLevelNames, raw.text);
  }
  Problem operator()(LogFormat& place) const {
    if (!is(Type::kText)) return {"a text in quotes", {}};
    return assign_choice(place, kFormatNames, raw.text);
  }
};

// Calls `visitor` with the place in `settings` that the setting's target names.
template <class AnySettings, class Visitor>
auto visit_place(AnySettings& settings, const Setting& setting, const Visitor& visitor) {
  return std::visit(
      [&](auto target) {
        if constexpr (std::is_same_v<decltype(target), protocol::Limit>) {
          return visitor(settings.limits[static_cast<std::size_t>(target)]);
        } else {
          return visitor(settings.*target);
        }
      },
      setting.target);
}

bool may_hold_password(std::string_view text) {
  return text.find("://") != text.npos && text.find('@') != text.npos;  // RFC 3986 section 3.2.1
}

// ", not …": what was found, in a form in which a line end can be seen. A secret is never shown.
std::string shown(const Setting& setting, const RawValue& raw, const Problem& problem) {
  if (problem.item) return ", not " + in_quotes(*problem.item);
  if (std::holds_alternative<Secret Settings::*>(setting.target) || may_hold_password(raw.text)) return {};
  switch (raw.type) {
    case Type::kWord:
    case Type::kText:
      return ", not " + in_quotes(raw.text);
    case Type::kNumber:
    case Type::kSwitch:
      return ", not " + raw.text;
    case Type::kList:
    case Type::kOther:
      break;
  }
  return {};
}

struct ToText {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Secret&) const { return {}; }
  std::string operator()(const std::vector<std::string>& items) const {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ",") + item;
    return text;
  }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool on) const { return on ? "true" : "false"; }
  std::string operator()(ports::LogLevel level) const {
    return std::string(kLevelNames[static_cast<std::size_t>(level)]);
  }
  std::string operator()(LogFormat format) const {
    return std::string(kFormatNames[static_cast<std::size_t>(format)]);
  }
};

struct ToToml {
  std::string operator()(const std::vector<std::string>& items) const {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + in_quotes(item);
    return "[" + text + "]";
  }
  std::string operator()(std::int64_t number) const { return ToText()(number); }
  std::string operator()(bool on) const { return ToText()(on); }
  template <class Text>
  std::string operator()(const Text& text) const {
    return in_quotes(ToText()(text));
  }
};

}  // namespace

std::optional<std::string> assign(Settings& settings, const Setting& setting, const RawValue& raw) {
  const auto problem = visit_place(settings, setting, Assign{setting, raw});
  if (problem.must_be.empty()) return std::nullopt;
  return (problem.item ? "each item of " : "") + setting.name + " must be " + problem.must_be +
         shown(setting, raw, problem) + " (" + raw.origin + ")";
}

bool takes_empty(const Setting& setting) {
  Settings scratch;
  return std::holds_alternative<Secret Settings::*>(setting.target) || !assign(scratch, setting, RawValue{});
}

std::string to_text(const Settings& settings, const Setting& setting) {
  return visit_place(settings, setting, ToText());
}

std::string to_toml(const Settings& settings, const Setting& setting) {
  return visit_place(settings, setting, ToToml());
}

std::string in_quotes(std::string_view text) {
  return '"' + escaped(text) + '"';
}

}  // namespace zvonok::app
