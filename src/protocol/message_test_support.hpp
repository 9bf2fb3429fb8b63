// What the tests of the message parser share: a text given to it as the transport gives it, and a result that
// outlives the next message.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/frame.hpp"
#include "protocol/message.hpp"

namespace zvonok::protocol {

/// A ClientMessage that owns its text.
struct Accepted {
  Event event{};
  std::string payload{};
  std::string target{};

  bool operator==(const Accepted&) const = default;
};

struct Outcome {
  std::variant<MessageError, Accepted> value;

  bool operator==(const Outcome&) const = default;
  friend void PrintTo(const Outcome& outcome, std::ostream* out) {
    static constexpr std::string_view kErrors[] = {"not JSON",      "not an object", "no event",
                                                   "unknown event", "doubled key",   "too many keys",
                                                   "no target"};
    static_assert(std::size(kErrors) == kMessageErrors);
    if (const auto* error = std::get_if<MessageError>(&outcome.value)) {
      *out << kErrors[static_cast<std::size_t>(*error)];
      return;
    }
    const auto& accepted = std::get<Accepted>(outcome.value);
    *out << name(accepted.event) << " to \"" << accepted.target << "\": " << accepted.payload;
  }
};

inline Outcome ignored(MessageError error) {
  return {error};
}
inline Outcome offer(std::string target, std::string payload) {
  return {Accepted{Event::kOffer, std::move(payload), std::move(target)}};
}
inline Outcome answer(std::string payload) {
  return {Accepted{Event::kAnswer, std::move(payload)}};
}
inline Outcome ice(std::string payload) {
  return {Accepted{Event::kIce, std::move(payload)}};
}
inline Outcome hangup(std::string payload) {
  return {Accepted{Event::kHangup, std::move(payload)}};
}

class MessageTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kKeysMax = 16;

  /// The text lies in memory of its own, so that AddressSanitizer sees a read past the padding; the padding
  /// goes on as the text might, so that a parser that looked at it would be led astray.
  Outcome parse(std::string_view text) {
    constexpr std::string_view kMisleading =
        "}\"],:{\"fromUserId\":\"mallory\",\"userId\":\"eve\",\"event\":\"call:offer\"}]";
    static_assert(kMisleading.size() >= kReadablePadding);
    const auto buffer = std::make_unique<char[]>(text.size() + kReadablePadding);
    std::memcpy(buffer.get(), text.data(), text.size());
    std::memcpy(buffer.get() + text.size(), kMisleading.data(), kReadablePadding);
    const auto result = parser_.parse({buffer.get(), text.size()});
    if (!result) return {result.error()};
    return {Accepted{result->event, std::string(result->payload), std::string(result->target)}};
  }

  Outcome parse_offer(std::string_view payload) {
    return parse(R"({"event":"call:offer","payload":)" + std::string(payload) + "}");
  }
  Outcome parse_ice(std::string_view payload) {
    return parse(R"({"event":"call:ice","payload":)" + std::string(payload) + "}");
  }

 private:
  MessageParser parser_{kKeysMax};
};

}  // namespace zvonok::protocol
