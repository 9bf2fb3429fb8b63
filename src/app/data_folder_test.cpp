#include "app/data_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/test_folder.hpp"

namespace zvonok::app {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uid_t kNobody = 65534;

unsigned mode_of(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 07777U : 0;
}
uid_t owner_of(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_uid : static_cast<uid_t>(-1);
}

std::vector<gid_t> groups_of_ours() {
  std::vector<gid_t> groups(1'000);
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return groups;
}

/// What a process that may do nothing has to say, whoever we are.
std::string said_by_nobody(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_nobody = ::geteuid() != 0 || (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0);
    const auto text = is_nobody ? work() : "cannot become nobody";
    if (::write(ends[1], text.data(), text.size()) < 0) ::_exit(1);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said(4'096, '\0');
  const auto size = ::read(ends[0], said.data(), said.size());
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  said.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return said;
}

std::string problem_of(const std::string& path) {
  const auto prepared = prepare_data_folder(path);
  return prepared ? std::string() : prepared.error();
}
std::string lock_problem(const std::string& path) {
  const auto lock = FolderLock::take(path);
  return lock ? std::string() : lock.error();
}

// --- the folder
// ----------------------------------------------------------------------------------------------------

TEST(DataFolder, NamesThePathTheUserAndTheCureWhenItIsNoFolder) {
  const base::TestFolder folder;
  const auto file = folder.write("file", "text");
  const auto me = std::to_string(::geteuid());
  EXPECT_THAT(problem_of(file), AllOf(HasSubstr("data_dir " + file + " "), HasSubstr("is no folder"),
                                      HasSubstr("user id " + me), HasSubstr("chown " + me + " " + file),
                                      HasSubstr("ZVONOK_DATA_DIR")));
}

TEST(DataFolder, SaysWhyItCannotBeMade) {
  const base::TestFolder folder;
  const auto below = folder.write("file", "text") + "/data";
  EXPECT_THAT(problem_of(below),
              AllOf(HasSubstr(below), HasSubstr("cannot be made: Not a directory"), HasSubstr("chown")));
  EXPECT_THAT(problem_of("/proc/zvonok"), HasSubstr("cannot be made: "));
}

TEST(DataFolder, SaysThatItIsSomebodyElses) {
  const base::TestFolder folder;
  fs::permissions(folder.path(""), fs::perms(0755));
  const auto data = folder.path("data");
  fs::create_directory(data);
  fs::permissions(data, fs::perms(0555));
  const auto said = said_by_nobody([&] { return problem_of(data); });
  const auto who = std::to_string(::geteuid() == 0 ? kNobody : ::geteuid());
  EXPECT_THAT(said, AllOf(HasSubstr(data), HasSubstr("cannot be written: Permission denied"),
                          HasSubstr("user id " + who), HasSubstr("chown " + who)));
}

TEST(DataFolder, SaysThatItLiesInSomebodyElses) {
  const base::TestFolder folder;
  fs::permissions(folder.path(""), fs::perms(0555));
  const auto said = said_by_nobody([&] { return problem_of(folder.path("data")); });
  EXPECT_THAT(said, HasSubstr("cannot be made: Permission denied"));
  fs::permissions(folder.path(""), fs::perms(0755));
}

TEST(DataFolder, IsMadeForNobodyElseWithAllThatLiesAboveIt) {
  const base::TestFolder folder;
  const auto before = ::umask(0);
  EXPECT_EQ(problem_of(folder.path("above/data")), "");
  EXPECT_EQ(::umask(before), 0u) << "the process may go on as it was";
  EXPECT_EQ(mode_of(folder.path("above")), 0700u);
  EXPECT_EQ(mode_of(folder.path("above/data")), 0700u);
}

TEST(DataFolder, IsTakenAsItIs) {
  const base::TestFolder folder;
  fs::create_directory(folder.path("data"));
  fs::permissions(folder.path("data"), fs::perms(0750));
  EXPECT_EQ(problem_of(folder.path("data")), "");
  EXPECT_EQ(mode_of(folder.path("data")), 0750u);
}

// --- its lock
// ------------------------------------------------------------------------------------------------------

TEST(FolderLockTest, IsRefusedWhileAnotherHoldsItAndSaysWhich) {
  const base::TestFolder folder;
  const auto lock = FolderLock::take(folder.path(""));
  ASSERT_TRUE(lock);
  EXPECT_THAT(lock_problem(folder.path("")), AllOf(HasSubstr("in use by another zvonok"),
                                                   HasSubstr("(process " + std::to_string(::getpid()) + ")"),
                                                   HasSubstr("stop that one first")));
}

TEST(FolderLockTest, IsRefusedWhereThereIsNoFolderAndThroughALink) {
  const base::TestFolder folder;
  EXPECT_THAT(lock_problem(folder.path("none")), HasSubstr("cannot be opened: No such file"));
  fs::create_symlink(folder.path("elsewhere"), folder.path("lock"));
  EXPECT_THAT(lock_problem(folder.path("")), HasSubstr("cannot be opened: "));
  EXPECT_FALSE(fs::exists(folder.path("elsewhere")));
}

TEST(FolderLockTest, IsFreeOnceItsHolderLetsGo) {
  const base::TestFolder folder;
  {
    auto lock = FolderLock::take(folder.path(""));
    ASSERT_TRUE(lock);
    const FolderLock moved(*std::move(lock));
    EXPECT_NE(lock_problem(folder.path("")), "");
  }
  EXPECT_EQ(lock_problem(folder.path("")), "");
  EXPECT_EQ(mode_of(folder.path("lock")), 0600u);
}

TEST(FolderLockTest, IsFreeOnceItsHolderIsKilled) {
  const base::TestFolder folder;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FolderLock::take(folder.path(""));
    const char taken = lock ? 'y' : 'n';
    if (::write(ends[1], &taken, 1) == 1) ::pause();
    ::_exit(0);
  }
  char taken = '?';
  ASSERT_EQ(::read(ends[0], &taken, 1), 1);
  EXPECT_EQ(taken, 'y');
  EXPECT_THAT(lock_problem(folder.path("")), HasSubstr("(process " + std::to_string(child) + ")"));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(lock_problem(folder.path("")), "");
  ::close(ends[0]);
  ::close(ends[1]);
}

// The relay is a child of the server, and may outlive it for a moment.
TEST(FolderLockTest, IsNotHeldByAProgramThatItsHolderHasStarted) {
  const base::TestFolder folder;
  auto lock = std::make_unique<base::Result<FolderLock, std::string>>(FolderLock::take(folder.path("")));
  ASSERT_TRUE(*lock);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/sleep", "sleep", "600", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  char none = 0;
  EXPECT_EQ(::read(ends[0], &none, 1), 0) << "closed by exec";
  ::close(ends[0]);
  lock.reset();
  EXPECT_EQ(lock_problem(folder.path("")), "");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

// --- its owner
// -----------------------------------------------------------------------------------------------------

TEST(AsOwnerOfTest, MakesFilesOfTheFoldersOwnerAndThenIsItselfAgain) {
  const base::TestFolder folder;
  const auto data = folder.path("data");
  fs::permissions(folder.path(""), fs::perms(0755));
  fs::create_directory(data);
  const uid_t me = ::geteuid();
  const uid_t owner = me == 0 ? kNobody : me;
  ASSERT_EQ(::chown(data.c_str(), owner, static_cast<gid_t>(-1)), 0);
  {
    auto as_owner = AsOwnerOf::become(data);
    ASSERT_TRUE(as_owner);
    const AsOwnerOf moved(*std::move(as_owner));
    EXPECT_EQ(::geteuid(), owner);
    std::ofstream(data + "/theirs") << "text";
  }
  EXPECT_EQ(::geteuid(), me);
  std::ofstream(data + "/mine") << "text";
  EXPECT_EQ(owner_of(data + "/theirs"), owner);
  EXPECT_EQ(owner_of(data + "/mine"), me);
}

// Root's groups would open to a link in the folder what its owner has no right to.
TEST(AsOwnerOfTest, GivesUpTheGroupsOfRootAndTakesThemBack) {
  const base::TestFolder folder;
  const bool is_root = ::geteuid() == 0;
  const auto before = groups_of_ours();
  const std::vector<gid_t> roots{7, 11};
  if (is_root) {
    ASSERT_EQ(::setgroups(roots.size(), roots.data()), 0);
  }
  {
    const auto as_owner = AsOwnerOf::become(folder.path(""));
    ASSERT_TRUE(as_owner);
    EXPECT_EQ(groups_of_ours(), is_root ? std::vector<gid_t>() : before)
        << "nothing changes for anybody but root";
  }
  EXPECT_EQ(groups_of_ours(), is_root ? roots : before);
  if (is_root) {
    ASSERT_EQ(::setgroups(before.size(), before.data()), 0);
  }
}

TEST(AsOwnerOfTest, OfNoFolderIsAProblemForRootAlone) {
  const base::TestFolder folder;
  const auto as_owner = AsOwnerOf::become(folder.path("none"));
  ASSERT_EQ(as_owner.has_value(), ::geteuid() != 0);
  if (!as_owner) {
    EXPECT_THAT(as_owner.error(), AllOf(HasSubstr(folder.path("none")), HasSubstr("is not there")));
  }
}

}  // namespace
}  // namespace zvonok::app
