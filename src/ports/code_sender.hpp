// How a login code reaches the person who asked for it: by mail or SMS. Implemented by src/notify.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/redacted.hpp"
#include "base/result.hpp"

namespace zvonok::ports {

enum class AddressKind : std::uint8_t { kPhone, kEmail };
/// Of the person who is written to.
enum class Language : std::uint8_t { kEnglish, kRussian };

struct CodeMessage {
  AddressKind kind{};
  std::string address;               // E.164 ("+79991234567") or local@domain (RFC 5321 section 4.1.2)
  base::Redacted<std::string> code;  // decimal digits
  Language language{};
};

/// Success means that the next machine has taken the message, not that somebody has it. The error is the end
/// of the sentence "no login code was sent: …" for the operator, such as "login.sms.url answers with status
/// 500"; it holds neither the code nor the address nor what opens a gateway.
using CodeSent = base::Result<void, std::string>;

/// Called from the event loop's thread only.
class CodeSender {
 public:
  virtual ~CodeSender() = default;
  /// Calls `done` exactly once, on the loop's thread, at once or later: within 20 s (two tries of 10 s), or
  /// some more when many are sent at a time to a server that hangs. A caller that is gone by then must cope.
  /// A sender that is gone may call it never.
  virtual void send(CodeMessage message, std::function<void(CodeSent)> done) = 0;
};

}  // namespace zvonok::ports
