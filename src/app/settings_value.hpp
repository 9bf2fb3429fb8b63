// One value on its way from a flag, a variable or a file into Settings, and back into text for people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "app/settings_table.hpp"

namespace zvonok::app {

/// A value as it was found. A flag or a variable is always kWord; the file knows types, and they must fit.
struct RawValue {
  enum class Type { kWord, kText, kNumber, kSwitch, kList, kOther };
  Type type = Type::kWord;
  std::string text;                // all but kList
  std::vector<std::string> items;  // kList
  std::string origin;              // "flag --port", "environment variable PORT", "zvonok.toml:3"
};

/// Puts the value into its setting's place. An error is a whole sentence for the operator: what is wrong,
/// where it came from, what to write instead. The text of a secret is in no error.
[[nodiscard]] std::optional<std::string> assign(Settings& settings, const Setting& setting,
                                                const RawValue& raw);

/// Whether "" is a value of this setting. Where it is none, an empty environment variable counts as not set,
/// since compose files and service managers set variables to nothing.
bool takes_empty(const Setting& setting);

/// The value as a flag or a variable would give it; a list with commas. Secrets are empty.
std::string to_text(const Settings& settings, const Setting& setting);
/// The value as it stands in the file: `"text"`, `12`, `["a", "b"]`.
std::string to_toml(const Settings& settings, const Setting& setting);

/// In double quotes, with what cannot be seen written as \r or \u0007.
std::string in_quotes(std::string_view text);

}  // namespace zvonok::app
