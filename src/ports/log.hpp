// Where log lines go. A line is a fixed text plus fields, never a concatenation: "call ended" call=… reason=…
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

namespace zvonok::ports {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

/// One `key=value` of a line. The value is escaped and cut at 256 bytes by the sink. Never a token, a secret,
/// an SDP, a candidate or a client's address (its keyed hash stands for it).
struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t> value;
};

/// Called from the event loop's thread only. Does not block for long and never throws.
class LogSink {
 public:
  virtual ~LogSink() = default;
  /// Whether a line of this level would be written: ask before a field costs something to make.
  virtual bool enabled(LogLevel level) const = 0;
  virtual void write(LogLevel level, std::string_view text, std::span<const LogField> fields) = 0;

  void write(LogLevel level, std::string_view text, std::initializer_list<LogField> fields = {}) {
    write(level, text, std::span<const LogField>(fields.begin(), fields.size()));
  }
};

}  // namespace zvonok::ports
