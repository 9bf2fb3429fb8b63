// Login codes into the log, for --dev alone, where nobody has set up mail: whoever reads the log can log in
// as anybody.
#pragma once

#include <functional>

#include "ports/code_sender.hpp"
#include "ports/log.hpp"

namespace zvonok::notify {

/// The loop's thread. Sends nothing and always succeeds.
class LogSender final : public ports::CodeSender {
 public:
  /// The log must live as long as this.
  explicit LogSender(ports::LogSink& log) : log_(log) {}

  void send(ports::CodeMessage message, std::function<void(ports::CodeSent)> done) override;

 private:
  // Given to us.
  ports::LogSink& log_;
};

}  // namespace zvonok::notify
