// The sender that the server uses: picks the adapter by the kind of address, and bounds how much is on its
// way.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "ports/code_sender.hpp"

namespace zvonok::notify {

/// The loop's thread.
class CodeDelivery final : public ports::CodeSender {
 public:
  struct Adapters {
    std::unique_ptr<ports::CodeSender> sms, mail;  // null: none is set, which is an error when one is needed
  };
  explicit CodeDelivery(Adapters adapters) : adapters_(std::move(adapters)) {}

  /// More than kUnderWayMax messages of a kind at a time are answered with an error, at once: a gateway that
  /// hangs keeps up nobody's mail.
  void send(ports::CodeMessage message, std::function<void(ports::CodeSent)> done) override;

  /// As many as fetch::Client and fetch::Mailer take. A gateway that hangs keeps 64 for 20 s; with more a
  /// person would wait for nothing.
  static constexpr std::size_t kUnderWayMax = 64;

 private:
  // Ours.
  const Adapters adapters_;
  // Answers that come when this is gone count on.
  using Count = std::shared_ptr<std::size_t>;
  const Count sms_under_way_ = std::make_shared<std::size_t>(0);
  const Count mails_under_way_ = std::make_shared<std::size_t>(0);
};

}  // namespace zvonok::notify
