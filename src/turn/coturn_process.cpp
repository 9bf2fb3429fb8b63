#include "turn/coturn_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace zvonok::turn {
namespace {

constexpr std::string_view kProgram = "turnserver";
constexpr int kLogPipeBytes = 1'048'576;  // what Linux allows without a right: 10,000 lines
constexpr int kConfigFd = 3;              // in the child
constexpr const char* kConfigPath = "/proc/self/fd/3";

std::string because(std::string_view what) {
  return std::string(what) + ": " + std::strerror(errno);
}

// Until every byte is in; a file in memory takes them all unless memory is out.
bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::lseek(file, 0, SEEK_SET) == 0;
}

class File {
 public:
  explicit File(int file) : file_(file) {}
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return file_; }
  int release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

struct ChildStart {
  const char* program;
  int config, log, nothing;
  rlim_t descriptors;
  pid_t parent;
};

// Between fork and exec only what is safe while other threads of the parent held locks (signal-safety(7)).
[[noreturn]] void become_coturn(const ChildStart& start) {
  // It dies with the thread that started it; if that is gone already, nobody would tell it.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != start.parent) ::_exit(127);
  // A terminal's Ctrl-C is for us: the calls are told first, then their media ends.
  (void)::setsid();
  // Above the numbers that they will get, so that none of them is overwritten before its turn.
  constexpr int kAside = 16;
  const int config = ::fcntl(start.config, F_DUPFD, kAside);
  const int log = ::fcntl(start.log, F_DUPFD, kAside);
  const int nothing = ::fcntl(start.nothing, F_DUPFD, kAside);
  if (::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(log, STDOUT_FILENO) < 0 || ::dup2(log, STDERR_FILENO) < 0 ||
      ::dup2(config, kConfigFd) < 0 || ::close_range(kConfigFd + 1, ~0U, 0) != 0)
    ::_exit(127);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max =
        std::min(limit.rlim_max, start.descriptors);  // it would take all it may
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
  }
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
  (void)::signal(SIGPIPE, SIG_DFL);
  // Where memory is short, it goes first: it comes back by itself, and calls that it does not carry go on.
  const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score >= 0) (void)!::write(score, "1000", 4);
  // Not our environment: strangers talk to it, and ours may hold the secret of all tokens.
  char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
  char* const environment[] = {path, nullptr};
  ::execle(start.program, kProgram.data(), "-c", kConfigPath, static_cast<char*>(nullptr), environment);
  ::_exit(127);
}

}  // namespace

std::string find_coturn() {
  const char* path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!folders.empty()) {
    const auto end = std::min(folders.find(':'), folders.size());
    auto candidate = std::string(folders.substr(0, end)) + "/" + std::string(kProgram);
    folders.remove_prefix(std::min(end + 1, folders.size()));
    if (candidate.front() == '/' && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

base::Result<CoturnProcess, std::string> CoturnProcess::start(const std::string& config,
                                                              std::size_t descriptors) {
  const auto program = find_coturn();
  if (program.empty()) return base::Unexpected{std::string("coturn is not installed (apt install coturn)")};
  const File file(::memfd_create("turnserver.conf", MFD_CLOEXEC));
  if (file.get() < 0 || !write_all(file.get(), config))
    return base::Unexpected{because("no memory for its configuration")};
  const File nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  std::array<int, 2> ends{-1, -1};
  if (nothing.get() < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0)
    return base::Unexpected{because("no descriptors for it")};
  File read_end(ends[0]);
  const File write_end(ends[1]);
  (void)::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);  // our end alone: it is another description
  // A relay that waits for us to read its log relays nothing meanwhile.
  (void)::fcntl(read_end.get(), F_SETPIPE_SZ, kLogPipeBytes);
  const ChildStart start{program.c_str(), file.get(),  write_end.get(),
                         nothing.get(),   descriptors, ::getpid()};
  const pid_t pid = ::fork();
  if (pid < 0) return base::Unexpected{because("it cannot be started")};
  if (pid == 0) become_coturn(start);
  CoturnProcess process;
  process.pid_ = pid;
  process.log_fd_ = read_end.release();
  process.pid_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (process.pid_fd_ < 0) return base::Unexpected{because("it cannot be watched")};
  return process;
}

bool CoturnProcess::has_ended() const {
  pollfd ended{.fd = pid_fd_, .events = POLLIN, .revents = 0};
  return ::poll(&ended, 1, 0) == 1;
}

CoturnProcess::~CoturnProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);  // it is not reaped yet: the number is still its own
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (pid_fd_ >= 0) ::close(pid_fd_);
  if (log_fd_ >= 0) ::close(log_fd_);
}

}  // namespace zvonok::turn
