#include "app/storage_settings.hpp"

#include <gmock/gmock.h>

#include "app/settings_value.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;

/// What is wrong with that text for that setting; empty: nothing.
std::string problem(const std::string& name, const std::string& text) {
  const auto* setting = find_setting(name);
  if (setting == nullptr) return "no such setting";
  Settings settings;
  return assign(settings, *setting, {RawValue::Type::kWord, text, {}, "test"}).value_or("");
}

TEST(StorageSettings, KnowTwoWaysToSync) {
  for (const auto* text : {"normal", "full"}) EXPECT_EQ(problem("storage.sync", text), "") << text;
  for (const auto* text : {"off", "Full", ""})
    EXPECT_THAT(problem("storage.sync", text), HasSubstr("normal or full")) << text;
}

}  // namespace
}  // namespace zvonok::app
