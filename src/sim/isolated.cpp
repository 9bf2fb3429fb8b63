#include "sim/isolated.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <system_error>

namespace zvonok::sim {
namespace {

void silence_errors() {
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) dup2(null, STDERR_FILENO);
}

void send(int pipe, std::uint64_t number) {
  // Shorter than PIPE_BUF, so it is written whole; a parent that is gone ends us by SIGPIPE.
  if (write(pipe, &number, sizeof number) != sizeof number) _exit(2);
}

std::optional<std::uint64_t> last_number(int pipe) {
  std::optional<std::uint64_t> last;
  std::uint64_t number = 0;
  while (read(pipe, &number, sizeof number) == sizeof number) last = number;
  return last;
}

}  // namespace

IsolatedResult run_isolated(const std::function<bool(const std::function<void(std::uint64_t)>& report)>& work,
                            bool quiet) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  std::fflush(nullptr);  // else the child would write our buffers again
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    close(ends[0]);
    if (quiet) silence_errors();
    const bool good = work([&](std::uint64_t number) { send(ends[1], number); });
    std::fflush(nullptr);
    _exit(good ? 0 : 1);
  }
  close(ends[1]);
  IsolatedResult result;
  result.last_report = last_number(ends[0]);
  close(ends[0]);
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::system_error(errno, std::generic_category(), "waitpid");
  if (WIFEXITED(status) && WEXITSTATUS(status) <= 1) {
    result.exit = WEXITSTATUS(status) == 0 ? Exit::kTrue : Exit::kFalse;
  }
  return result;
}

}  // namespace zvonok::sim
