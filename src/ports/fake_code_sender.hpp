// A sender for tests: keeps every message as if it had been sent. It keeps the promises of
// code_sender_contract.hpp, and can be made to fail and to answer later.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ports/code_sender.hpp"

namespace zvonok::ports {

class FakeCodeSender final : public CodeSender {
 public:
  void send(CodeMessage message, std::function<void(CodeSent)> done) override {
    CodeSent sent;
    if (error_) {
      sent = base::Unexpected{*error_};
    } else {
      messages.push_back(std::move(message));
    }
    if (!answers_later_) return done(std::move(sent));
    waiting_.emplace_back([done = std::move(done), sent = std::move(sent)] { done(sent); });
  }

  /// From now on nothing is sent, for this reason; nullopt: all is well again.
  void fail(std::optional<std::string> error) { error_ = std::move(error); }
  /// From now on answers wait for `answer_waiting`.
  void answer_later() { answers_later_ = true; }
  void answer_waiting() {
    for (const auto& answer : std::exchange(waiting_, {})) answer();
  }

  /// The code that was sent to this address last; empty: none was.
  std::string code_of(const std::string& address) const {
    std::string code;
    for (const CodeMessage& message : messages)
      if (message.address == address) code = message.code.reveal();
    return code;
  }

  std::vector<CodeMessage> messages;

 private:
  std::optional<std::string> error_;
  std::vector<std::function<void()>> waiting_;
  bool answers_later_ = false;
};

}  // namespace zvonok::ports
