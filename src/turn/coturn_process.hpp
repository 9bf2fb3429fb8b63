// coturn as a child of ours: it ends when we do, its configuration is in no file and in no argument, and its
// log comes to us.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "base/result.hpp"

namespace zvonok::turn {

class CoturnProcess {
 public:
  /// `config` holds a secret: the child reads it from a file that exists in memory only. `descriptors`: its
  /// limit of open files. The thread that calls must live as long as the child should.
  static base::Result<CoturnProcess, std::string> start(const std::string& config, std::size_t descriptors);

  CoturnProcess(CoturnProcess&& other) noexcept { swap(other); }
  CoturnProcess& operator=(CoturnProcess&& other) noexcept {
    swap(other);
    return *this;
  }
  /// Ends it at once and waits until it is gone.
  ~CoturnProcess();

  /// Readable when it has ended.
  int ended_fd() const { return pid_fd_; }
  /// Readable when its log has something.
  int log_fd() const { return log_fd_; }
  bool has_ended() const;

 private:
  CoturnProcess() = default;
  void swap(CoturnProcess& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pid_fd_, other.pid_fd_);
    std::swap(log_fd_, other.log_fd_);
  }

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int log_fd_ = -1;
};

/// Where the program is; empty: it is not installed.
std::string find_coturn();

}  // namespace zvonok::turn
