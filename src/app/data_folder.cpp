#include "app/data_folder.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/assert.hpp"

namespace zvonok::app {
namespace {

std::string whose(const std::string& path) {
  return "data_dir " + path + " (for user id " + std::to_string(::geteuid()) + ")";
}

std::string cure(const std::string& path) {
  return "; give it to this user (chown " + std::to_string(::geteuid()) + " " + path +
         "), or set data_dir (ZVONOK_DATA_DIR) to a folder of theirs";
}

constexpr std::size_t kGroupsMax = 65'536;  // NGROUPS_MAX of the kernel

std::string lock_file_of(const std::string& folder) {
  return folder + "/lock";
}

}  // namespace

base::Result<void, std::string> prepare_data_folder(const std::string& path) {
  std::error_code error;
  const std::filesystem::path folder(path);
  const bool is_new = !std::filesystem::exists(folder, error);
  if (is_new) {
    // What lies above it, too: as everything else of ours, nobody else's business.
    const auto before = ::umask(0077);
    std::filesystem::create_directories(folder, error);
    ::umask(before);
    if (error) return base::Unexpected{whose(path) + " cannot be made: " + error.message() + cure(path)};
  }
  if (!std::filesystem::is_directory(folder, error))
    return base::Unexpected{whose(path) + " is no folder" + cure(path)};
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
    return base::Unexpected{whose(path) + " cannot be written: " + std::strerror(errno) + cure(path)};
  return {};
}

base::Result<FolderLock, std::string> FolderLock::take(const std::string& folder) {
  const auto path = lock_file_of(folder);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return base::Unexpected{whose(folder) + ": " + path + " cannot be opened: " + std::strerror(errno) +
                            cure(folder)};
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 16> holder{};
    const auto size = ::read(file, holder.data(), holder.size() - 1);
    ::close(file);
    const std::string pid = size > 0 ? " (process " + std::string(holder.data()) + ")" : std::string();
    return base::Unexpected{"data_dir " + folder + " is in use by another zvonok" + pid +
                            ": stop that one first, or give this one a folder of its own"};
  }
  const auto pid = std::to_string(::getpid());
  // Only for people to read: that it cannot be written is no reason not to start.
  if (::ftruncate(file, 0) == 0 && ::write(file, pid.data(), pid.size()) < 0) errno = 0;
  return FolderLock(file);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

base::Result<AsOwnerOf, std::string> AsOwnerOf::become(const std::string& folder) {
  if (::geteuid() != 0) return AsOwnerOf(std::nullopt);
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0)
    return base::Unexpected{"data_dir " + folder + " is not there: " + std::strerror(errno)};
  std::vector<gid_t> groups(kGroupsMax);
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  // Root's other groups open folders to whoever has put a link into this one.
  if (::setgroups(0, nullptr) == 0 && ::setegid(found.st_gid) == 0 && ::seteuid(found.st_uid) == 0)
    return AsOwnerOf(std::move(groups));
  return base::Unexpected{"cannot become the owner of data_dir " + folder + ": " + std::strerror(errno)};
}

AsOwnerOf::AsOwnerOf(AsOwnerOf&& other) noexcept : groups_before_(std::exchange(other.groups_before_, {})) {}

AsOwnerOf::~AsOwnerOf() {
  if (!groups_before_) return;
  const bool back = ::seteuid(0) == 0 && ::setegid(0) == 0 &&
                    ::setgroups(groups_before_->size(), groups_before_->data()) == 0;
  ZVONOK_ASSERT(back);  // root may become root
}

}  // namespace zvonok::app
