#include "app/kept_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>

#include "app/config_reader.hpp"
#include "base/test_folder.hpp"

namespace zvonok::app {
namespace {

namespace fs = std::filesystem;

TEST(KeptFile, IsMadeWithItsFolderAndReplacedWhole) {
  const base::TestFolder folder;
  const std::string path = folder.path("below/kept");
  for (const std::string& text : {std::string("a longer text"), std::string("short"), std::string()}) {
    EXPECT_TRUE(replace_file(path, text));
    EXPECT_EQ(*read_regular_file(path, 100), text);
  }
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const fs::directory_iterator files(fs::path(path).parent_path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "nothing is left beside it";
}

// What others may have put where the draft goes must neither be written through nor be waited for.
TEST(KeptFile, FollowsNoLinkAndWaitsForNobody) {
  const base::TestFolder folder;
  const std::string draft = folder.path("kept." + std::to_string(::getpid()));
  const std::string others = folder.write("others", "theirs");
  fs::create_symlink(others, draft);
  EXPECT_TRUE(replace_file(folder.path("kept"), "ours"));
  EXPECT_EQ(*read_regular_file(others, 100), "theirs");
  ASSERT_EQ(::mkfifo(draft.c_str(), 0600), 0);
  EXPECT_TRUE(replace_file(folder.path("kept"), "ours again"));
  EXPECT_EQ(*read_regular_file(folder.path("kept"), 100), "ours again");
}

TEST(KeptFile, IsLeftAsItWasWhenItCannotBeReplaced) {
  const base::TestFolder folder;
  fs::create_directories(folder.path("kept/full"));
  const auto replaced = replace_file(folder.path("kept"), "text");
  ASSERT_FALSE(replaced);
  EXPECT_NE(replaced.error().find("kept cannot be written: "), std::string::npos) << replaced.error();
  const auto below_a_file = replace_file("/dev/null/kept", "text");
  ASSERT_FALSE(below_a_file);
  EXPECT_NE(below_a_file.error().find("Not a directory"), std::string::npos) << below_a_file.error();
}

}  // namespace
}  // namespace zvonok::app
