// WebSocket framing, server side, without any I/O (RFC 6455 section 5): bytes in, messages out. The result
// does not depend on how the bytes were cut into reads.
//
// Bytes are unmasked in place, and a message that lies whole in the caller's buffer is returned as a view of
// it: the usual case copies nothing and allocates nothing. Only a frame or message that is cut needs memory,
// until it is whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/wire.gen.hpp"

namespace zvonok::protocol {

struct FrameLimits {
  std::size_t message_bytes;
  std::size_t fragments;
};

/// Bytes that must be readable behind every buffer given to `FrameDecoder::next`, and are behind every
/// message that it returns: the JSON parser reads in blocks and looks past the end.
inline constexpr std::size_t kReadablePadding = 64;

/// What the decoder found next.
struct FrameItem {
  enum class Kind : std::uint8_t {
    kNeedMore,  // the input is used up
    kText,      // a whole message, valid UTF-8
    kBinary,    // a whole message
    kPing,
    kPong,
    kClose,  // `close_code`, and the reason as payload
    kError,  // the connection must be closed with `error`; the decoder is not to be used again
  };
  Kind kind = Kind::kNeedMore;
  std::string_view payload{};  // lives until the next call, or as long as the input buffer
  std::uint16_t close_code = 0;
  CloseReason error = CloseReason::kProtocolError;
};

/// A close frame without a code (RFC 6455 section 7.1.5): never on the wire, only here.
inline constexpr std::uint16_t kNoCloseCode = 1005;

class FrameDecoder {
 public:
  FrameDecoder();
  ~FrameDecoder();
  FrameDecoder(FrameDecoder&&) noexcept;
  FrameDecoder& operator=(FrameDecoder&&) noexcept;

  /// Takes from the front of `input` and shortens it. Call again until kNeedMore, kClose or kError.
  FrameItem next(std::span<char>& input, const FrameLimits& limits);

  /// Whether a frame or a fragmented message has begun and is not complete: the peer owes us its rest.
  bool in_progress() const { return partial_ != nullptr; }

 private:
  struct Header;
  struct Partial;
  enum class HeaderState : std::uint8_t { kComplete, kNeedMore };

  HeaderState read_header(std::span<char>& input, Header& header);
  FrameItem begin_frame(const Header& header, std::span<char>& input, const FrameLimits& limits);
  FrameItem take_payload(std::span<char>& input);
  FrameItem finish_control(std::uint8_t opcode, std::string_view payload);
  FrameItem finish_data_frame();
  Partial& partial();

  std::unique_ptr<Partial> partial_;  // null when between messages: an idle connection holds one pointer
};

/// Largest header that a server sends: it does not mask.
inline constexpr std::size_t kServerHeaderMax = 10;
/// Writes the header of an unfragmented, unmasked frame (opcode 1 text, 8 close, 9 ping, 10 pong); returns
/// its size.
std::size_t write_frame_header(std::uint8_t opcode, std::size_t payload_size, char* out);

inline constexpr std::uint8_t kOpcodeText = 1, kOpcodeBinary = 2, kOpcodeClose = 8, kOpcodePing = 9,
                              kOpcodePong = 10;

/// A whole close frame. With kNoCloseCode its body is empty. `reason` is at most 123 bytes.
std::string close_frame(std::uint16_t code, std::string_view reason);

/// Codes that may stand in a close frame (RFC 6455 section 7.4 and the IANA registry: 1000–1003, 1007–1014,
/// 3000–4999).
bool is_valid_close_code(std::uint16_t code);

}  // namespace zvonok::protocol
