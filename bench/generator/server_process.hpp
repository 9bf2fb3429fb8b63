// What the kernel says about the server's process. Its CPU time is read from its own CPU clock: to the
// nanosecond, all threads, user and system time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>

#include "options.hpp"

namespace zvonok::bench {

class ServerProcess {
 public:
  explicit ServerProcess(pid_t pid);

  Nanoseconds cpu_time() const;
  /// Of all threads: how often one of them went to sleep.
  std::uint64_t voluntary_switches() const;
  /// Exact: what `status` says lags behind by up to 64 pages per thread.
  std::uint64_t resident_bytes() const;
  /// Returns once it has nothing more to do: what an earlier load left behind is not to be counted in the
  /// next.
  void wait_until_quiet() const;

 private:
  const pid_t pid_;
  clockid_t clock_ = 0;
};

Nanoseconds monotonic_now();

}  // namespace zvonok::bench
