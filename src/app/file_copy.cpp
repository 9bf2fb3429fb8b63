#include "app/file_copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace zvonok::app {

Source::Source(const std::string& path)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), error_(file_ < 0 ? errno : 0) {}

Source::~Source() {
  if (file_ >= 0) ::close(file_);
}

int Source::copy_to(const std::string& path) const {
  if (error_ != 0) return error_;
  const int target = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (target < 0) return errno;
  const int error = write_all(target);
  ::close(target);
  if (error != 0) ::unlink(path.c_str());
  return error;
}

int Source::write_all(int target) const {
  std::array<char, 65'536> bytes{};
  while (true) {
    const auto size = ::read(file_, bytes.data(), bytes.size());
    if (size < 0) return errno;
    if (size == 0) return ::fsync(target) == 0 ? 0 : errno;
    for (ssize_t written = 0; written < size;) {
      const auto some = ::write(target, bytes.data() + written, static_cast<std::size_t>(size - written));
      if (some < 0) return errno;
      written += some;
    }
  }
}

Draft::~Draft() {
  std::error_code ignored;
  for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix, ignored);
}

}  // namespace zvonok::app
