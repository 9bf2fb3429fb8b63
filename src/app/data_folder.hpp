// The folder of what the server keeps, and the lock that makes it one server's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace zvonok::app {

/// Makes the folder if it is not there (mode 0700), and finds out whether we may write into it. The error is
/// a whole sentence with the path, whose process it is, and what to do.
base::Result<void, std::string> prepare_data_folder(const std::string& path);

/// While it lives, nobody else holds the folder. The kernel lets go of it when the process ends, however it
/// ends.
class FolderLock {
 public:
  /// The error says who has it.
  static base::Result<FolderLock, std::string> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}

  int file_;
};

/// For commands that root runs beside a server of another user: while it lives we are the folder's owner, so
/// that what is made in it is theirs. Nothing changes for anybody but root.
class AsOwnerOf {
 public:
  /// The error is a whole sentence.
  static base::Result<AsOwnerOf, std::string> become(const std::string& folder);
  AsOwnerOf(AsOwnerOf&& other) noexcept;
  AsOwnerOf& operator=(AsOwnerOf&&) = delete;
  ~AsOwnerOf();

 private:
  using Groups = std::vector<unsigned>;  // gid_t
  explicit AsOwnerOf(std::optional<Groups> groups) : groups_before_(std::move(groups)) {}

  std::optional<Groups> groups_before_;  // none: we are who we were
};

}  // namespace zvonok::app
