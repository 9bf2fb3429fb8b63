#include "app/settings_text.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/config_file.hpp"
#include "app/settings_table.hpp"
#include "app/settings_value.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(SampleFile, ChangesNothingAsItIs) {
  const auto entries = parse_config(sample_file(), "sample");
  ASSERT_TRUE(entries);
  EXPECT_THAT(*entries, IsEmpty());
}

// Goal: a line of the sample works when its # is removed. Method: all are, and each must give the default
// again.
TEST(SampleFile, HoldsEverySettingWithItsDefault) {
  std::string active;
  for (const auto& line : lines_of(sample_file())) {
    if (line.starts_with('#') && !line.starts_with("# ")) active += line.substr(1) + "\n";
  }
  const auto entries = parse_config(active, "sample");
  ASSERT_TRUE(entries) << entries.error();
  EXPECT_EQ(entries->size(), settings_table().size());
  for (const auto& entry : *entries) {
    const auto* setting = find_setting(entry.name);
    ASSERT_NE(setting, nullptr) << entry.name;
    const auto is_secret = [&entry](const SecretSource& s) {
      return s.name == entry.name || s.file_name == entry.name;
    };
    if (std::ranges::any_of(kSecretSources, is_secret)) continue;  // has no default, and "" is refused
    Settings settings;
    const auto problem = assign(settings, *setting, entry.value);
    EXPECT_FALSE(problem) << *problem;
    EXPECT_EQ(to_toml(settings, *setting), to_toml(Settings(), *setting));
  }
}

TEST(SampleFile, GivesReasonsAndRanges) {
  EXPECT_THAT(sample_file(), HasSubstr("(1 to 65535)"));
  for (const auto& setting : settings_table()) {
    EXPECT_THAT(sample_file(), HasSubstr("\n#" + setting.name + " = ")) << setting.name;
  }
}

TEST(HelpText, NamesEverySettingThatIsNoLimit) {
  for (const auto& setting : settings_table()) {
    if (std::holds_alternative<protocol::Limit>(setting.target)) continue;
    EXPECT_THAT(help_text(), HasSubstr("\n  --" + setting.name + " " + std::string(setting.argument) + " "));
  }
  EXPECT_THAT(help_text(), HasSubstr("--limits.NAME"));
  EXPECT_THAT(help_text(), Not(HasSubstr("--markdown")));
}

TEST(HelpText, IsAsWideAsATerminalAndNoBook) {
  const auto lines = lines_of(help_text());
  EXPECT_LE(lines.size(), 115U);
  for (const auto& line : lines) EXPECT_LE(line.size(), 110U) << line;
}

// Goal: docs/settings.md is the table's. Method: the page is looked for from here upwards; not to find it is
// a failure.
TEST(SettingsPage, IsFresh) {
  namespace fs = std::filesystem;
  const fs::path name = fs::path("docs") / "settings.md";
  fs::path folder = fs::current_path();
  while (!fs::exists(folder / name) && folder.has_relative_path()) folder = folder.parent_path();
  std::ifstream file(folder / name, std::ios::binary);
  ASSERT_TRUE(file) << "no docs/settings.md in or above " << fs::current_path();
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_TRUE(page.str() == settings_page()) << "run: zvonok check-config --markdown > docs/settings.md";
}

TEST(SettingsPage, HasARowForEachSetting) {
  for (const auto& setting : settings_table()) {
    EXPECT_THAT(settings_page(),
                HasSubstr("\n| `" + setting.name + "` | `" + environment_name(setting.name) + "` | "));
  }
}

}  // namespace
}  // namespace zvonok::app
