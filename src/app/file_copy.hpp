// Copying a file whole, as somebody else than who may read it.
#pragma once

#include <string>
#include <utility>

namespace zvonok::app {

/// An open file, read from where it stands. It stays the same whoever we become, and whatever its name comes
/// to mean.
class Source {
 public:
  explicit Source(const std::string& path);
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source();

  /// Makes a new file of it (mode 0600), on the disk when this returns; never through a link that somebody
  /// has put there. The error is errno's; 0: all is well.
  int copy_to(const std::string& path) const;

 private:
  int write_all(int target) const;

  const int file_;
  const int error_;
};

/// A file that is gone when we are done with it, with what SQLite has put beside it.
struct Draft {
  explicit Draft(std::string at) : path(std::move(at)) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft();

  const std::string path;
};

}  // namespace zvonok::app
