// The only file that includes spdlog, which costs seconds to compile. It gives the time, the line end and the
// write; what stands in a line is made by log_text.cpp.
#include "app/log_sink.hpp"

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <utility>

#include "app/log_text.hpp"

namespace zvonok::app {
namespace {

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
// With the time in front of it less than PIPE_BUF, as much as a pipe takes without waiting. No line comes
// near.
constexpr std::size_t kLineBytesMax = 4'000;
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";

}  // namespace

StderrLog::StderrLog(ports::LogLevel least, LogFormat format)
    : least_(least),
      format_(format),
      logger_(std::make_unique<spdlog::logger>("zvonok", std::make_shared<spdlog::sinks::stderr_sink_st>())) {
  // The level of a line is ours: spdlog is to write whatever it is given.
  logger_->set_level(spdlog::level::trace);
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      format == LogFormat::kJson ? kJsonPattern : kTextPattern, spdlog::pattern_time_type::utc, "\n"));
  // A log that cannot be written (a full disk, a closed pipe) must not stop calls, and there is nowhere to
  // say it.
  logger_->set_error_handler([](const std::string&) {});
}

StderrLog::~StderrLog() = default;

void StderrLog::write(ports::LogLevel level, std::string_view text, std::span<const ports::LogField> fields) {
  if (!enabled(level)) return;
  try {
    // Nobody may wait for a reader that has stopped reading: the loop is here, and every call with it.
    if (!has_room()) return ++lost_, void();
    if (lost_ > 0) tell_lost();
    put(level, text, fields);
  } catch (const std::exception&) {
    // Out of memory: the line is lost, the server goes on.
  }
}

// What a pipe or a terminal says it has room for, it has room for a line of ours: 4 KB.
bool StderrLog::has_room() {
  pollfd standard_error{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  return ::poll(&standard_error, 1, 0) != 0;
}

void StderrLog::tell_lost() {
  const ports::LogField count{"lines", static_cast<std::int64_t>(std::exchange(lost_, 0))};
  put(ports::LogLevel::kWarn, "log lines were lost: nobody read standard error", {&count, 1});
}

void StderrLog::put(ports::LogLevel level, std::string_view text, std::span<const ports::LogField> fields) {
  const auto line =
      format_ == LogFormat::kJson ? json_members(level, text, fields) : text_line(level, text, fields);
  logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), std::min(line.size(), kLineBytesMax)));
}

void StderrLog::announce(std::int64_t port) {
  const auto line = "Backend running on port " + std::to_string(port) + " (HTTP + WebSocket /ws)";
  if (format_ == LogFormat::kJson) {
    const auto members = json_members(ports::LogLevel::kInfo, line, {});
    logger_->log(spdlog::level::info, spdlog::string_view_t(members.data(), members.size()));
    return;
  }
  // Without a reader of standard output the server runs all the same.
  (void)std::fputs((line + "\n").c_str(), stdout);
  (void)std::fflush(stdout);
}

}  // namespace zvonok::app
