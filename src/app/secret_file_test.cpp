#include "app/secret_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/test_folder.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What is read from a file with these bytes; "error: …" if it is refused.
std::string read(std::string_view bytes) {
  const base::TestFolder folder;
  const auto secret = read_secret_file(folder.write("secret", bytes));
  return secret ? secret->reveal() : "error: " + secret.error();
}

TEST(SecretFile, IsReadAsItStands) {
  EXPECT_EQ(read("s3cret"), "s3cret");
}
TEST(SecretFile, LosesOneLineFeed) {
  EXPECT_EQ(read("s3cret\n"), "s3cret");
}
TEST(SecretFile, LosesOneWindowsLineEnd) {
  EXPECT_EQ(read("s3cret\r\n"), "s3cret");
}
TEST(SecretFile, LosesNoMoreThanOneLineEnd) {
  EXPECT_EQ(read("s3cret\n\n"), "s3cret\n");
}
TEST(SecretFile, KeepsACarriageReturnThatIsNoLineEnd) {
  EXPECT_EQ(read("s3cret\r"), "s3cret\r");
}
TEST(SecretFile, KeepsBlanksWhereverTheyStand) {
  EXPECT_EQ(read(" s3 cret "), " s3 cret ");
}
TEST(SecretFile, KeepsLinesInside) {
  EXPECT_EQ(read("s3\ncret\n"), "s3\ncret");
}
TEST(SecretFile, KeepsBytesThatAreNoText) {
  EXPECT_EQ(read(std::string_view("\x01\0\x80", 3)), std::string("\x01\0\x80", 3));
}

TEST(SecretFile, IsRefusedWhenEmpty) {
  EXPECT_THAT(read(""), HasSubstr("error: is empty"));
}
TEST(SecretFile, IsRefusedWhenOnlyALineEndIsInIt) {
  EXPECT_THAT(read("\n"), HasSubstr("error: is empty"));
  EXPECT_THAT(read("\r\n"), HasSubstr("error: is empty"));
}

TEST(SecretFile, IsRefusedWithAByteOrderMark) {
  for (const auto* bytes : {"\xEF\xBB\xBFs3cret", "\xFF\xFEs3cret", "\xFE\xFFs3cret", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(read(bytes), HasSubstr("BOM"));
    EXPECT_THAT(read(bytes), Not(HasSubstr("s3cret")));
  }
}

TEST(SecretFile, MayHave64KiBAndNotAByteMore) {
  EXPECT_EQ(read(std::string(64 * 1024, 'x')).size(), 64U * 1024);
  EXPECT_THAT(read(std::string(64 * 1024 + 1, 'x')), HasSubstr("error: is larger than 65536 bytes"));
  EXPECT_THAT(read(std::string(70'000, 'x')), HasSubstr("error: is larger"));
}

TEST(SecretFile, IsRefusedByNameWhenItIsNoFile) {
  const base::TestFolder folder;
  ASSERT_EQ(::mkfifo(folder.path("fifo").c_str(), 0600), 0);
  EXPECT_THAT(read_secret_file(folder.path("fifo")).error(), HasSubstr("FIFO"));
  EXPECT_THAT(read_secret_file(folder.path(".")).error(), HasSubstr("folder"));
  EXPECT_THAT(read_secret_file(folder.path("nowhere")).error(), HasSubstr("does not exist"));
  EXPECT_FALSE(read_secret_file(""));
}

}  // namespace
}  // namespace zvonok::app
