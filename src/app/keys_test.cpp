#include "app/keys.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>

#include "base/test_folder.hpp"

namespace zvonok::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string secret_in(const std::string& data_dir) {
  const auto secret = dev_secret(data_dir);
  return secret ? secret->reveal() : "error: " + secret.error();
}

// A data folder that does not exist yet, in one that does.
struct DataDir {
  base::TestFolder folder;
  std::string path = folder.path("a/b");
  std::string file = path + "/dev-secret";
};

TEST(DevSecret, IsMadeWithItsFolderAndKept) {
  const DataDir data;
  const auto secret = secret_in(data.path);
  EXPECT_EQ(secret.size(), 64u);  // 48 bytes in base64url
  EXPECT_EQ(secret_in(data.path), secret);
  EXPECT_NE(secret_in(DataDir().path), secret);
}

TEST(DevSecret, IsForItsOwnerAlone) {
  const DataDir data;
  const auto former = ::umask(0);  // the mode must not hang on what the shell has set
  secret_in(data.path);
  ::umask(former);
  struct stat status {};
  ASSERT_EQ(::stat(data.file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST(DevSecret, TakesTheOneThatIsThere) {
  const DataDir data;
  std::filesystem::create_directories(data.path);
  data.folder.write("a/b/dev-secret", "mine\n");
  EXPECT_EQ(secret_in(data.path), "mine");
}

TEST(DevSecret, SaysWhatIsWrongAndMakesNoSecondOne) {
  const DataDir data;
  std::filesystem::create_directories(data.path);
  data.folder.write("a/b/dev-secret", "");
  EXPECT_THAT(secret_in(data.path), AllOf(HasSubstr(data.file), HasSubstr("is empty")));
  std::filesystem::remove(data.file);
  std::filesystem::create_symlink("nowhere", data.file);
  EXPECT_THAT(secret_in(data.path), AllOf(HasSubstr(data.file), HasSubstr("does not exist")));
}

TEST(DevSecret, SaysThatItsFolderCannotBeMade) {
  const base::TestFolder folder;
  const auto file = folder.write("file", "");
  EXPECT_THAT(secret_in(file + "/data"),
              AllOf(HasSubstr("error: data_dir " + file), HasSubstr("cannot be made")));
}

TEST(RandomText, IsNewEachTimeAndFitsIntoAUrl) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const auto text = random_text(16);
    EXPECT_EQ(text.size(), 22u);
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              text.npos);
    EXPECT_TRUE(seen.insert(text).second);
  }
}

class ReadKeysTest : public ::testing::Test {
 protected:
  // "" after success, else the error.
  std::string read(const std::string& jwks) {
    Settings settings;
    settings.jwks_file = folder.write("jwks.json", jwks);
    return read(settings);
  }
  std::string read(Settings settings) {
    warnings.clear();
    settings.jwt_secret = Secret("now");
    settings.jwt_secret_previous = Secret("before");
    const auto keys = read_keys(settings, warnings);
    if (!keys) return keys.error();
    EXPECT_EQ(keys->secret.reveal(), "now");
    EXPECT_EQ(keys->previous_secret.reveal(), "before");
    return "";
  }
  base::TestFolder folder;
  std::vector<std::string> warnings;
};

TEST_F(ReadKeysTest, TakesTheSecretsAndNeedsNoFile) {
  EXPECT_THAT(read(Settings{}), IsEmpty());
}

// The public key of RFC 7515 appendix A.3.
constexpr std::string_view kEcKey =
    R"({"kty":"EC","kid":"ec","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

TEST_F(ReadKeysTest, ReadsAKeySet) {
  EXPECT_THAT(read(R"({"keys":[)" + std::string(kEcKey) + "]}"), IsEmpty());
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(ReadKeysTest, WarnsOfAKeyThatItSkips) {
  const std::string encrypts = R"({"kty":"EC","use":"enc","crv":"P-256","x":"AA","y":"AA"})";
  EXPECT_THAT(read(R"({"keys":[)" + std::string(kEcKey) + "," + encrypts + "]}"), IsEmpty());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("jwks.file " + folder.path("jwks.json"))));
}

TEST_F(ReadKeysTest, SaysWhichFileIsWrongAndHow) {
  EXPECT_THAT(read("not json"), HasSubstr("jwks.file " + folder.path("jwks.json") + ": "));
  EXPECT_THAT(read("{}"), HasSubstr("jwks.file"));
  EXPECT_THAT(read(R"({"keys":[]})"), EndsWith("has no key that we can use"));
  EXPECT_THAT(read(R"({"keys":[{"kty":"OKP"}]})"), HasSubstr("has no key that we can use: JWKS: key 1"));
  EXPECT_THAT(read(std::string(1024 * 1024 + 1, ' ')), HasSubstr("larger than"));
  Settings settings;
  settings.jwks_file = folder.path("nowhere");
  EXPECT_EQ(read(settings), "jwks.file " + settings.jwks_file + " does not exist");
}

}  // namespace
}  // namespace zvonok::app
