#include "app/kept_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace zvonok::app {
namespace {

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

base::Result<void, std::string> replace_file(const std::string& path, std::string_view text) {
  const auto failed = [](const std::string& what, int error) {
    return base::Unexpected{what + " cannot be written: " + std::strerror(error)};
  };
  std::error_code ignored;  // what matters is whether the file can be made
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const std::string draft = path + "." + std::to_string(::getpid());
  ::unlink(draft.c_str());  // of a process that was killed, or put there for us to write through
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return failed(draft, errno);
  const bool written = write_all(file, text);
  const int error = errno;
  ::close(file);
  if (written && ::rename(draft.c_str(), path.c_str()) == 0) return {};
  const int reason = written ? errno : error;
  ::unlink(draft.c_str());
  return failed(path, reason);
}

}  // namespace zvonok::app
