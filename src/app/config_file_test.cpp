#include "app/config_file.hpp"

#include <gmock/gmock.h>

#include "base/test_folder.hpp"

namespace zvonok::app {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Type = RawValue::Type;

FileEntry only_entry(std::string_view toml) {
  const auto entries = parse_config(toml, "f");
  EXPECT_TRUE(entries) << (entries ? "" : entries.error());
  if (!entries || entries->size() != 1) return {};
  return entries->front();
}

std::string error_of(std::string_view toml) {
  const auto entries = parse_config(toml, "f");
  EXPECT_FALSE(entries);
  return entries ? "" : entries.error();
}

TEST(ConfigFile, GivesATextItsTypeAndPlace) {
  const auto entry = only_entry("\n\nhost = \"::1\"\n");
  EXPECT_EQ(entry.name, "host");
  EXPECT_EQ(entry.value.type, Type::kText);
  EXPECT_EQ(entry.value.text, "::1");
  EXPECT_EQ(entry.value.origin, "f:3");
}

TEST(ConfigFile, KnowsNumbersSwitchesAndLists) {
  EXPECT_EQ(only_entry("a = 12").value.type, Type::kNumber);
  EXPECT_EQ(only_entry("a = 12").value.text, "12");
  EXPECT_EQ(only_entry("a = -1").value.text, "-1");
  EXPECT_EQ(only_entry("a = true").value.type, Type::kSwitch);
  EXPECT_EQ(only_entry("a = false").value.text, "false");
  EXPECT_EQ(only_entry("a = ['x', 'y']").value.type, Type::kList);
  EXPECT_EQ(only_entry("a = ['x', 'y']").value.items, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(only_entry("a = []").value.type, Type::kList);
}

TEST(ConfigFile, HasNoTypeForWhatNoSettingCanBe) {
  EXPECT_EQ(only_entry("a = 1.5").value.type, Type::kOther);
  EXPECT_EQ(only_entry("a = 1979-05-27").value.type, Type::kOther);
  EXPECT_EQ(only_entry("a = [1]").value.type, Type::kOther);
  EXPECT_EQ(only_entry("a = ['x', 1]").value.type, Type::kOther);
}

TEST(ConfigFile, JoinsTheNamesOfTablesAndKeys) {
  EXPECT_EQ(only_entry("tls.cert = 'x'").name, "tls.cert");
  EXPECT_EQ(only_entry("[tls]\ncert = 'x'").name, "tls.cert");
  EXPECT_EQ(only_entry("tls = {cert = 'x'}").name, "tls.cert");
}

TEST(ConfigFile, ReadsPastWindowsLineEndsAndAByteOrderMark) {
  const auto entries = parse_config("\xEF\xBB\xBFport = 3001\r\n[tls]\r\ncert = 'x'\r\n", "f");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].name, "port");
  EXPECT_EQ((*entries)[1].value.text, "x");
}

TEST(ConfigFile, RefusesAKeyThatIsThereTwiceAndSaysWhere) {
  EXPECT_THAT(error_of("port = 1\nport = 2\n"), StartsWith("f:2: "));
  EXPECT_THAT(error_of("[tls]\ncert='x'\n[tls]\nkey='y'\n"), StartsWith("f:3: "));
}

TEST(ConfigFile, RefusesANul) {
  EXPECT_THAT(error_of("port = 1\0\n"sv), StartsWith("f:1: "));
  EXPECT_THAT(error_of("host = \"a\0b\"\n"sv), StartsWith("f:1: "));
}

TEST(ConfigFile, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(error_of("host = \"\xff\""), HasSubstr("utf-8"));
}

TEST(ConfigFile, SaysThatATextNeedsQuotes) {
  EXPECT_THAT(error_of("host = localhost"), HasSubstr("a text needs quotes"));
}

// Goal: an operator's typing mistake does not put the secret into the log. Method: the ways to get the quotes
// wrong.
TEST(ConfigFile, NeverRepeatsASecretInAnError) {
  for (const auto* toml :
       {"jwt_secret = abcdefgh", "jwt_secret = \"abcdefgh\n", "jwt_secret = 123abcdefgh",
        "jwt_secret = 'x'abcdefgh", "jwt_secret abcdefgh", "jwt_secret = \"\\qabcdefgh\"",
        "jwt_secret = trueabcdefgh", "jwt_secret = 0xabcdefgh", "jwt_secret = infabcdefgh",
        "jwt_secret = \"\"\"abcdefgh", "jwt_secret = [abcdefgh]", "jwt_secret = {abcdefgh}"}) {
    EXPECT_THAT(error_of(toml), Not(HasSubstr("cdefg"))) << toml;
  }
  EXPECT_THAT(error_of("jwt_secret = 98765432109876543210"), Not(HasSubstr("7654")));
  EXPECT_THAT(error_of("jwt_secret = 987654321e99999"), Not(HasSubstr("7654")));
}

TEST(ConfigFile, IsNamedWhenItCannotBeRead) {
  const base::TestFolder folder;
  EXPECT_THAT(read_config_file(folder.path("nowhere.toml")).error(),
              HasSubstr("nowhere.toml\" does not exist"));
  EXPECT_THAT(read_config_file(folder.path(".")).error(), HasSubstr("folder"));
}

TEST(ConfigFile, IsReadFromDisk) {
  const base::TestFolder folder;
  const auto entries = read_config_file(folder.write("z.toml", "port = 1\n"));
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().value.origin, folder.path("z.toml") + ":1");
}

TEST(ConfigFile, OfMoreThanAMebibyteIsTheWrongFile) {
  const base::TestFolder folder;
  const auto entries = read_config_file(folder.write("z.toml", std::string(1024 * 1024 + 1, '#')));
  ASSERT_FALSE(entries);
  EXPECT_THAT(entries.error(), HasSubstr("is larger"));
}

}  // namespace
}  // namespace zvonok::app
