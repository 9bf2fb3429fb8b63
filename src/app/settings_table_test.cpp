#include "app/settings_table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "app/settings_value.hpp"

namespace zvonok::app {
namespace {

TEST(SettingsTable, HasEveryNameAndEveryVariableOnce) {
  std::set<std::string> names;
  std::set<std::string> variables;
  for (const auto& setting : settings_table()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_TRUE(variables.insert(environment_name(setting.name)).second) << setting.name;
  }
  EXPECT_FALSE(names.empty());
}

TEST(SettingsTable, KeepsAGroupTogether) {
  std::set<std::string_view> groups;
  std::string_view last;
  for (const auto& setting : settings_table()) {
    if (setting.group == last) continue;
    EXPECT_TRUE(groups.insert(setting.group).second) << setting.group << " comes twice";
    last = setting.group;
  }
}

TEST(SettingsTable, SaysOfEachWhatItIsAndWhy) {
  for (const auto& setting : settings_table()) {
    EXPECT_FALSE(setting.about.empty()) << setting.name;
    EXPECT_FALSE(setting.about.ends_with('.')) << setting.name;
    EXPECT_TRUE(setting.reason.ends_with('.')) << setting.name;
    EXPECT_FALSE(setting.argument.empty()) << setting.name;
  }
}

// Goal: no default is refused by its own rule. Method: each default, as text, is assigned to its setting.
TEST(SettingsTable, HasDefaultsThatItsOwnRulesAccept) {
  for (const auto& setting : settings_table()) {
    const auto text = to_text(Settings(), setting);
    if (text.empty()) continue;
    Settings settings;
    const auto problem = assign(settings, setting, {RawValue::Type::kWord, text, {}, "test"});
    EXPECT_FALSE(problem) << *problem;
    EXPECT_EQ(to_text(settings, setting), text);
  }
}

TEST(SettingsTable, HasEveryLimitThatIsNotFixed) {
  for (const auto& limit : protocol::kLimits) {
    EXPECT_EQ(find_setting("limits." + std::string(limit.name)) == nullptr, limit.fixed) << limit.name;
  }
}

TEST(SettingsTable, FindsNothingByAWrongName) {
  EXPECT_EQ(find_setting("prot"), nullptr);
  EXPECT_EQ(find_setting(""), nullptr);
  EXPECT_EQ(find_setting("PORT"), nullptr);
  EXPECT_EQ(find_setting("limits"), nullptr);
}

TEST(SettingsTable, NamesVariablesInCapitals) {
  EXPECT_EQ(environment_name("data_dir"), "ZVONOK_DATA_DIR");
  EXPECT_EQ(environment_name("jwks.file"), "ZVONOK_JWKS_FILE");
}

TEST(NearestName, TakesTheFewestEdits) {
  const std::vector<std::string> names{"port", "host", "tls.cert", "tls.key"};
  EXPECT_EQ(nearest_name("prot", names), "port");
  EXPECT_EQ(nearest_name("hosts", names), "host");
  EXPECT_EQ(nearest_name("tls.crt", names), "tls.cert");
  EXPECT_EQ(nearest_name("tls_key", names), "tls.key");
  EXPECT_EQ(nearest_name("port", names), "port");
}

TEST(NearestName, HasAnAnswerForAnythingAndNoneForNoNames) {
  const std::vector<std::string> names{"port"};
  EXPECT_EQ(nearest_name("", names), "port");
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'x'), names), "port");
  EXPECT_EQ(nearest_name("port", {}), "");
}

}  // namespace
}  // namespace zvonok::app
