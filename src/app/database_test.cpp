#include "app/database.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <vector>

#include "app/data_folder.hpp"
#include "base/test_folder.hpp"
#include "storage/sql_account_rows.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;

class OpenDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    settings.data_dir = folder.path("data");
    ASSERT_TRUE(prepare_data_folder(settings.data_dir));
    const auto connection = open_database(settings, Use::kAlone);
    ASSERT_TRUE(connection) << connection.error();
    storage::transact(**connection, [](auto& rows) { rows.put_user({.id = "anna", .name = "Anna"}); });
  }
  /// The steps of a later zvonok.
  static std::vector<storage::Migration> later(std::string_view statement) {
    std::vector<storage::Migration> steps(storage::migrations().begin(), storage::migrations().end());
    steps.push_back({statement});
    return steps;
  }
  std::string copy() const {
    return settings.data_dir + "/zvonok.db.before-version-" +
           std::to_string(storage::migrations().size() + 1);
  }

  const base::TestFolder folder;
  Settings settings;
};

TEST_F(OpenDatabaseTest, KeepsACopyBeforeAnUpdate) {
  const auto steps = later("DELETE FROM users");
  ASSERT_TRUE(open_database(settings, Use::kAlone, steps));
  storage::Connection kept({.sqlite_file = copy()});
  kept.open();
  EXPECT_EQ(static_cast<std::size_t>(storage::schema_version(kept)), storage::migrations().size());
  storage::transact(kept, [](auto& rows) { EXPECT_TRUE(rows.user("anna")); });
}

TEST_F(OpenDatabaseTest, KeepsNoCopyWithoutAnUpdate) {
  ASSERT_TRUE(open_database(settings, Use::kAlone));
  EXPECT_FALSE(std::filesystem::exists(copy()));
}

TEST_F(OpenDatabaseTest, UpdatesNothingThatItCannotCopy) {
  std::filesystem::create_directory(copy());
  const auto opened = open_database(settings, Use::kAlone, later("DELETE FROM users"));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), HasSubstr("cannot be used"));
  const auto connection = open_database(settings, Use::kAlone);
  ASSERT_TRUE(connection) << connection.error();
  storage::transact(**connection, [](auto& rows) { EXPECT_TRUE(rows.user("anna")); });
}

}  // namespace
}  // namespace zvonok::app
