// What the table of settings says of one text, for the tests of its rows.
#pragma once

#include <string>

#include "app/settings_table.hpp"
#include "app/settings_value.hpp"

namespace zvonok::app {

/// What is wrong with that text for that setting; empty: nothing.
inline std::string problem(const std::string& name, const std::string& text) {
  const auto* setting = find_setting(name);
  if (setting == nullptr) return "no such setting";
  Settings settings;
  return assign(settings, *setting, {RawValue::Type::kWord, text, {}, "test"}).value_or("");
}

}  // namespace zvonok::app
