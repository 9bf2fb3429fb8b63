// A log for tests: keeps every line, of every level, as one text `text key=value …`.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ports/log.hpp"

namespace zvonok::ports {

class FakeLog final : public LogSink {
 public:
  using LogSink::write;

  bool enabled(LogLevel /*level*/) const override { return true; }
  void write(LogLevel level, std::string_view text, std::span<const LogField> fields) override {
    std::string line(text);
    for (const LogField& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      if (const auto* number = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*number);
      if (const auto* words = std::get_if<std::string_view>(&field.value)) line += *words;
    }
    lines.push_back(std::move(line));
    levels.push_back(level);
  }

  /// Whether any line holds this text.
  bool holds(std::string_view text) const {
    return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(text) != line.npos; });
  }

  std::vector<std::string> lines;
  std::vector<LogLevel> levels;  // of the line at the same place
};

}  // namespace zvonok::ports
