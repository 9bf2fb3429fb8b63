// A client's message: its text becomes an event and the bytes of its payload. Nothing is rewritten: payloads
// are opaque and go on as their sender wrote them, but for a `fromUserId` of the client's own, which is cut
// out of an offer.
//
// Two parsers look at the text: simdjson's DOM says yes or no for the whole of it, then its on-demand front
// end finds the places. The DOM knows no places, and on-demand alone would let `01` and `nul` pass.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "protocol/wire.gen.hpp"

namespace zvonok::protocol {

/// A message that is ignored, by what is wrong with it: only counted, since v1 has no word for an error.
enum class MessageError : std::uint8_t {
  kNotJson,  // or JSON that no browser writes: numbers past a double, lone surrogates, a BOM, too deep
  kNotAnObject,
  kNoEvent,  // missing, or no string
  kUnknownEvent,
  kDoubledKey,  // two readers could understand it differently
  kTooManyKeys,
  kNoTarget,  // an offer for nobody
};
inline constexpr std::size_t kMessageErrors = 7;

struct ClientMessage {
  Event event{};
  /// The payload's JSON text; empty when there was none. Of an offer it is an object without `fromUserId`.
  std::string_view payload;
  /// Of an offer: whom it is for. Empty: somebody who cannot exist (`userId` is true, 1.5, a list …).
  std::string_view target;
};

/// One thread at a time. What `parse` returns views into the text and into the parser, until the next call.
class MessageParser {
 public:
  explicit MessageParser(std::size_t payload_keys_max);
  ~MessageParser();

  /// `text` must have kReadablePadding readable bytes behind it (frame.hpp).
  base::Result<ClientMessage, MessageError> parse(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  // keeps simdjson out of every includer
};

}  // namespace zvonok::protocol
