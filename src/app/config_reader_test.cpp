#include "app/config_reader.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/test_folder.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;

// Root may read everything: as root, a test that wants a refusal is somebody else for as long as this lives.
class NotRoot {
 public:
  NotRoot() : was_root_(::geteuid() == 0 && ::seteuid(kNobody) == 0) {}
  ~NotRoot() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
  }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool was_root_;
};

TEST(RegularFile, IsReadByteByByteAsItIs) {
  const base::TestFolder folder;
  const std::string bytes("a\0\r\n\xff", 5);
  const auto read = read_regular_file(folder.write("f", bytes), 5);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, bytes);
}

TEST(RegularFile, MayBeEmpty) {
  const base::TestFolder folder;
  const auto read = read_regular_file(folder.write("f", ""), 5);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, "");
}

TEST(RegularFile, IsFollowedThroughALinkAsKubernetesMakesThem) {
  const base::TestFolder folder;
  folder.write("f", "secret");
  ASSERT_EQ(::symlink("f", folder.path("link").c_str()), 0);
  const auto read = read_regular_file(folder.path("link"), 10);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, "secret");
}

TEST(RegularFile, IsRefusedWhenOneByteTooLarge) {
  const base::TestFolder folder;
  const auto read = read_regular_file(folder.write("f", "123456"), 5);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("larger than 5 bytes"));
}

TEST(RegularFile, ThatIsMissingIsSaidToBeMissing) {
  const base::TestFolder folder;
  const auto read = read_regular_file(folder.path("nowhere"), 5);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), "does not exist");
}

TEST(RegularFile, IsNotAFolder) {
  const base::TestFolder folder;
  const auto read = read_regular_file(folder.path("."), 5);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), "is a folder, not a file");
}

// Goal: a FIFO that nobody writes to does not hang the start. Method: a hang would be this test's time limit.
TEST(RegularFile, IsNotAFifoAndNobodyWaitsForIt) {
  const base::TestFolder folder;
  ASSERT_EQ(::mkfifo(folder.path("fifo").c_str(), 0600), 0);
  const auto read = read_regular_file(folder.path("fifo"), 5);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("FIFO"));
}

TEST(RegularFile, IsNotADevice) {
  const auto read = read_regular_file("/dev/zero", 5);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("not a regular file"));
}

TEST(RegularFile, OfAnotherUserIsRefusedWithWhatToLookAt) {
  const base::TestFolder folder;
  const auto path = folder.write("f", "secret");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const NotRoot not_root;
  const auto read = read_regular_file(path, 10);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("owner and mode"));
}

TEST(RegularFile, NameWithANulIsNotCutThere) {
  const base::TestFolder folder;
  const auto path = folder.write("f", "secret");
  EXPECT_FALSE(read_regular_file(path + std::string("\0x", 2), 10));
}

TEST(PathExists, TellsFilesFoldersAndDanglingLinksFromNothing) {
  const base::TestFolder folder;
  ASSERT_EQ(::symlink("nowhere", folder.path("link").c_str()), 0);
  EXPECT_TRUE(path_exists(folder.write("f", "")));
  EXPECT_TRUE(path_exists(folder.path(".")));
  EXPECT_TRUE(path_exists(folder.path("link")));
  EXPECT_FALSE(path_exists(folder.path("nowhere")));
  EXPECT_FALSE(path_exists(folder.path("f/x")));
}

}  // namespace
}  // namespace zvonok::app
