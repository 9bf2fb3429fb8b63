#include "app/config_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace zvonok::app {
namespace {

class OpenFile {
 public:
  // O_NONBLOCK: opening a FIFO for reading would wait for its writer. It changes nothing for a regular file.
  explicit OpenFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

base::Unexpected<std::string> system_error(const char* what) {
  if (errno == ENOENT) return {"does not exist"};
  if (errno == EACCES)
    return {"may not be read by this user; check its owner and mode, and those of its folders"};
  return {std::string(what) + ": " + std::strerror(errno)};
}

}  // namespace

base::Result<std::string, std::string> read_regular_file(const std::string& path, std::size_t bytes_max) {
  if (path.find('\0') != std::string::npos) return base::Unexpected<std::string>{"has a NUL in its name"};
  const OpenFile file(path);
  if (file.fd() < 0) return system_error("cannot be opened");
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return system_error("cannot be looked at");
  if (S_ISDIR(status.st_mode)) return base::Unexpected<std::string>{"is a folder, not a file"};
  if (!S_ISREG(status.st_mode))
    return base::Unexpected<std::string>{"is not a regular file (a FIFO, socket or device)"};

  // One byte more than is allowed tells "too large" from "just fits", also for files whose size the kernel
  // makes up.
  std::string bytes(bytes_max + 1, '\0');
  std::size_t used = 0;
  while (used < bytes.size()) {
    const auto count = ::read(file.fd(), bytes.data() + used, bytes.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot be read");
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  if (used > bytes_max)
    return base::Unexpected<std::string>{"is larger than " + std::to_string(bytes_max) + " bytes"};
  bytes.resize(used);
  return bytes;
}

bool path_exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

}  // namespace zvonok::app
