// What the tests and the fuzzer of the frame decoder share: frames as a client writes them, well or badly,
// and a decoder that is fed in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "protocol/frame.hpp"

namespace zvonok::protocol {

/// How a frame departs from the one that a browser would write.
struct FrameForm {
  bool fin = true;
  std::uint8_t rsv = 0;                   // the three bits, RSV1 is 4
  bool masked = true;                     // without: the bit is clear and there is no key
  int length_bytes = -1;                  // 0, 2 or 8; -1: the shortest
  std::string mask = "\x37\xfa\x21\x3d";  // the key of RFC 6455 section 5.7
  std::uint64_t declared = UINT64_MAX;    // the length in the header; UINT64_MAX: the payload's
};

inline std::string client_frame(std::uint8_t opcode, std::string_view payload, const FrameForm& form = {}) {
  const std::uint64_t size = form.declared == UINT64_MAX ? payload.size() : form.declared;
  const int shortest = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  const int length_bytes = form.length_bytes < 0 ? shortest : form.length_bytes;
  const auto length7 = length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127;
  std::string frame;
  frame += static_cast<char>((form.fin ? 0x80 : 0) | form.rsv << 4 | opcode);
  frame += static_cast<char>((form.masked ? 0x80U : 0U) | length7);
  for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift);
  if (!form.masked) return frame.append(payload);
  frame += form.mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ form.mask[i % 4]);
  return frame;
}

/// A FrameItem that outlives the buffer.
struct Item {
  FrameItem::Kind kind{};
  std::string payload{};
  std::uint16_t close_code = 0;
  CloseReason error = CloseReason::kProtocolError;

  bool operator==(const Item&) const = default;
  friend void PrintTo(const Item& item, std::ostream* out) {
    static constexpr std::string_view kKinds[] = {"need more", "text",  "binary", "ping",
                                                  "pong",      "close", "error"};
    *out << kKinds[static_cast<std::size_t>(item.kind)];
    if (item.kind == FrameItem::Kind::kError) *out << ' ' << code(item.error);
    if (item.kind == FrameItem::Kind::kClose) *out << ' ' << item.close_code;
    *out << " \"" << item.payload.substr(0, 80) << "\" (" << item.payload.size() << " bytes)";
  }
};

struct Decoding {
  std::vector<Item> items{};
  std::size_t fed = 0;       // bytes given to the decoder until it ended or there were no more
  bool in_progress = false;  // at the end, if the decoder did not end
};

/// The size of the next piece, given how many bytes are left; what is more than these is cut off.
using NextPiece = std::function<std::size_t(std::size_t left)>;

inline NextPiece whole() {
  return [](std::size_t left) { return left; };
}
inline NextPiece pieces_of(std::size_t size) {
  return [size](std::size_t) { return size; };
}

/// Each piece lies in memory of its own that ends where the padding ends, so that AddressSanitizer sees a
/// read too far.
inline Decoding decode(std::string_view bytes, const NextPiece& next_piece, const FrameLimits& limits) {
  using Kind = FrameItem::Kind;
  Decoding result;
  FrameDecoder decoder;
  while (result.fed < bytes.size()) {
    const std::size_t left = bytes.size() - result.fed;
    const std::size_t size = std::clamp<std::size_t>(next_piece(left), 1, left);
    const auto buffer = std::make_unique<char[]>(size + kReadablePadding);
    std::memcpy(buffer.get(), bytes.data() + result.fed, size);
    std::memset(buffer.get() + size, '"', kReadablePadding);
    std::span<char> input(buffer.get(), size);
    result.fed += size;
    for (FrameItem item = decoder.next(input, limits); item.kind != Kind::kNeedMore;
         item = decoder.next(input, limits)) {
      if (item.kind == Kind::kText || item.kind == Kind::kBinary) {
        // The promise that kReadablePadding makes: these bytes can be read, whatever they are.
        const std::string message_and_padding(item.payload.data(), item.payload.size() + kReadablePadding);
        ZVONOK_ASSERT(message_and_padding.size() == item.payload.size() + kReadablePadding);
      }
      result.items.push_back({item.kind, std::string(item.payload), item.close_code, item.error});
      if (item.kind == Kind::kError || item.kind == Kind::kClose) return result;
    }
    ZVONOK_ASSERT(input.empty());
  }
  result.in_progress = decoder.in_progress();
  return result;
}

}  // namespace zvonok::protocol
