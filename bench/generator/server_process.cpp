#include "server_process.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "fatal.hpp"

namespace zvonok::bench {
namespace {

Nanoseconds read(clockid_t clock) {
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) fatal_errno("cannot read the server's CPU clock");
  return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

// The number behind `key` in a file of lines "key: number …".
std::uint64_t number_in(const std::filesystem::path& path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) return std::stoull(line.substr(key.size()));
  }
  fatal("no " + std::string(key) + " in " + path.string());
}

}  // namespace

Nanoseconds monotonic_now() {
  return read(CLOCK_MONOTONIC);
}

ServerProcess::ServerProcess(pid_t pid) : pid_(pid) {
  if (::clock_getcpuclockid(pid, &clock_) != 0) fatal("the server's process is not there");
}

Nanoseconds ServerProcess::cpu_time() const {
  return read(clock_);
}

std::uint64_t ServerProcess::voluntary_switches() const {
  std::uint64_t sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task")) {
    sum += number_in(task.path() / "status", "voluntary_ctxt_switches:");
  }
  return sum;
}

std::uint64_t ServerProcess::resident_bytes() const {
  return number_in("/proc/" + std::to_string(pid_) + "/smaps_rollup", "Rss:") * 1024;
}

void ServerProcess::wait_until_quiet() const {
  constexpr auto kLook = std::chrono::milliseconds(50);
  constexpr auto kQuiet = std::chrono::microseconds(500);  // of CPU time, between two looks
  constexpr int kLooksMax = 200;
  auto before = cpu_time();
  for (int i = 0; i < kLooksMax; ++i) {
    std::this_thread::sleep_for(kLook);
    const auto now = cpu_time();
    if (now - before < kQuiet) return;
    before = now;
  }
  fatal("the server does not become quiet");
}

}  // namespace zvonok::bench
