// The log: lines on standard error, written by the thread that logs. A supervisor (systemd, Docker) keeps
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "app/settings.hpp"
#include "ports/log.hpp"

namespace spdlog {
class logger;
}

namespace zvonok::app {

class StderrLog final : public ports::LogSink {
 public:
  /// Lines below `least` are not written.
  StderrLog(ports::LogLevel least, LogFormat format);
  ~StderrLog() override;

  bool enabled(ports::LogLevel level) const override { return level >= least_; }
  void write(ports::LogLevel level, std::string_view text, std::span<const ports::LogField> fields) override;
  using ports::LogSink::write;

  /// Says that the server listens, at any level. As text it is the line of the original backend, alone on
  /// standard output, since scripts wait for it there word by word; as JSON it is a line like the others.
  void announce(std::int64_t port);

 private:
  static bool has_room();
  void tell_lost();
  void put(ports::LogLevel level, std::string_view text, std::span<const ports::LogField> fields);

  // Given to us.
  ports::LogLevel least_;
  LogFormat format_;

  // Ours.
  std::unique_ptr<spdlog::logger> logger_;
  std::size_t lost_ = 0;  // lines since the last that was written
};

}  // namespace zvonok::app
