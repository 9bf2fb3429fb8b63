#include "protocol/frame.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/assert.hpp"
#include "protocol/utf8.hpp"

namespace zvonok::protocol {
namespace {

constexpr std::size_t kClientHeaderMax = 14;  // 2 + 8 of length + 4 of mask
constexpr std::size_t kControlPayloadMax = 125;
constexpr std::uint8_t kOpcodeContinuation = 0;

using Mask = std::array<char, 4>;

// XORs 8 bytes at a time; `phase` is the place in the mask of the first byte (RFC 6455 section 5.3).
void unmask(std::span<char> bytes, const Mask& mask, std::size_t phase) {
  Mask turned;
  for (std::size_t i = 0; i < 4; ++i) turned[i] = mask[(i + phase) % 4];
  std::uint64_t wide = 0;
  std::memcpy(&wide, turned.data(), 4);
  std::memcpy(reinterpret_cast<char*>(&wide) + 4, turned.data(), 4);
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, bytes.data() + i, 8);
    block ^= wide;
    std::memcpy(bytes.data() + i, &block, 8);
  }
  for (; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ turned[i % 4]);
}

FrameItem error(CloseReason reason) {
  return {.kind = FrameItem::Kind::kError, .error = reason};
}

std::uint64_t big_endian(std::span<const char> bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<std::uint8_t>(c);
  return value;
}

bool is_control(std::uint8_t opcode) {
  return opcode >= 8;
}

}  // namespace

struct FrameDecoder::Header {
  bool fin = false;
  bool well_formed = true;
  std::uint8_t opcode = 0;
  std::uint64_t size = 0;
  Mask mask{};
};

struct FrameDecoder::Partial {
  // A header that was cut.
  std::array<char, kClientHeaderMax> header_bytes{};
  std::uint8_t header_size = 0;
  // The frame whose payload is coming in.
  bool in_frame = false;
  Header frame;
  std::uint64_t frame_received = 0;
  std::string control;
  // The message that its data frames make up.
  std::uint8_t message_opcode = 0;  // 0: no message has begun
  std::size_t fragments = 0;
  std::size_t message_bytes_max = 0;
  std::string message;
  Utf8Checker utf8;

  bool nothing_held() const { return header_size == 0 && !in_frame && message_opcode == 0; }
};

FrameDecoder::FrameDecoder() = default;
FrameDecoder::~FrameDecoder() = default;
FrameDecoder::FrameDecoder(FrameDecoder&&) noexcept = default;
FrameDecoder& FrameDecoder::operator=(FrameDecoder&&) noexcept = default;

FrameDecoder::Partial& FrameDecoder::partial() {
  if (!partial_) partial_ = std::make_unique<Partial>();
  return *partial_;
}

namespace {

// The whole header's size, as far as the bytes at hand tell; more than `size` means that more are needed.
std::size_t header_size_of(std::span<const char> bytes) {
  if (bytes.size() < 2) return 2;
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  const std::size_t length_field = (second & 0x7f) == 126 ? 2 : (second & 0x7f) == 127 ? 8 : 0;
  return 2 + length_field + ((second & 0x80) != 0 ? 4 : 0);
}

// A first byte that no frame of ours may have is refused without waiting for the second.
bool is_bad_first_byte(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  const std::uint8_t opcode = byte & 0x0f;
  const bool reserved_opcode = (opcode >= 3 && opcode <= 7) || opcode >= 11;
  return (byte & 0x70) != 0 || reserved_opcode || (is_control(opcode) && (byte & 0x80) == 0);
}

}  // namespace

FrameDecoder::HeaderState FrameDecoder::read_header(std::span<char>& input, Header& header) {
  std::span<const char> bytes = input;
  std::size_t held = 0;
  if (partial_ && partial_->header_size > 0) {  // go on where the last read was cut
    held = partial_->header_size;
    const auto taken = std::min(input.size(), kClientHeaderMax - held);
    std::copy_n(input.begin(), taken, partial_->header_bytes.begin() + held);
    bytes = std::span<const char>(partial_->header_bytes.data(), held + taken);
  }
  if (bytes.empty()) return HeaderState::kNeedMore;
  const bool refused_already = is_bad_first_byte(bytes[0]) || (bytes.size() >= 2 && (bytes[1] & 0x80) == 0);
  const std::size_t size = header_size_of(bytes);
  if (!refused_already && bytes.size() < size) {
    Partial& p = partial();
    std::copy(bytes.begin(), bytes.end(), p.header_bytes.begin());
    p.header_size = static_cast<std::uint8_t>(bytes.size());
    input = {};
    return HeaderState::kNeedMore;
  }
  header.fin = (bytes[0] & 0x80) != 0;
  header.opcode = bytes[0] & 0x0f;
  header.well_formed = !refused_already;
  if (refused_already) return HeaderState::kComplete;
  const auto length7 = static_cast<std::uint8_t>(bytes[1] & 0x7f);
  header.size = length7;
  if (length7 == 126) header.size = big_endian(bytes.subspan(2, 2));
  if (length7 == 127) header.size = big_endian(bytes.subspan(2, 8));
  // The shortest form is required, and the top bit is 0 (RFC 6455 section 5.2).
  if ((length7 == 126 && header.size < 126) ||
      (length7 == 127 && (header.size <= 0xffff || header.size >> 63 != 0))) {
    header.well_formed = false;
  }
  if (is_control(header.opcode) && header.size > kControlPayloadMax) header.well_formed = false;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(size - 4), 4, header.mask.begin());
  if (held > 0) partial_->header_size = 0;
  input = input.subspan(size - held);
  return HeaderState::kComplete;
}

FrameItem FrameDecoder::next(std::span<char>& input, const FrameLimits& limits) {
  while (true) {
    if (partial_ && partial_->in_frame) {
      const FrameItem item = take_payload(input);
      if (item.kind != FrameItem::Kind::kNeedMore || partial_->in_frame) return item;
    }
    if (partial_ && partial_->nothing_held()) partial_.reset();
    if (input.empty()) return {};
    Header header;
    if (read_header(input, header) == HeaderState::kNeedMore) return {};
    if (!header.well_formed) return error(CloseReason::kProtocolError);
    const FrameItem item = begin_frame(header, input, limits);
    if (item.kind != FrameItem::Kind::kNeedMore) return item;
  }
}

// Judges a header and either returns the frame from the buffer, when all of it is there, or sets it up in
// `partial_`.
FrameItem FrameDecoder::begin_frame(const Header& header, std::span<char>& input, const FrameLimits& limits) {
  const bool whole = header.size <= input.size();
  if (is_control(header.opcode)) {
    if (whole) {
      const auto payload = input.first(header.size);
      unmask(payload, header.mask, 0);
      input = input.subspan(header.size);
      return finish_control(header.opcode, {payload.data(), payload.size()});
    }
  } else {
    const bool continues = header.opcode == kOpcodeContinuation;
    const bool message_open = partial_ && partial_->message_opcode != 0;
    if (continues != message_open) return error(CloseReason::kProtocolError);
    const std::size_t before = message_open ? partial_->message.size() : 0;
    if (header.size > limits.message_bytes - std::min(before, limits.message_bytes))
      return error(CloseReason::kTooLarge);
    if (whole && header.fin && !message_open) {  // the usual case: one frame, all here
      const auto payload = input.first(header.size);
      unmask(payload, header.mask, 0);
      input = input.subspan(header.size);
      const std::string_view text(payload.data(), payload.size());
      if (header.opcode == kOpcodeBinary) return {.kind = FrameItem::Kind::kBinary, .payload = text};
      if (!is_utf8(text)) return error(CloseReason::kInvalidUtf8);
      return {.kind = FrameItem::Kind::kText, .payload = text};
    }
    Partial& p = partial();
    if (!continues) p.message_opcode = header.opcode;
    p.message_bytes_max = limits.message_bytes;
    if (++p.fragments > limits.fragments) return error(CloseReason::kPolicy);
  }
  Partial& p = partial();
  p.in_frame = true;
  p.frame = header;
  p.frame_received = 0;
  p.control.clear();
  return {};
}

// Moves what there is of the frame's payload into `partial_`.
FrameItem FrameDecoder::take_payload(std::span<char>& input) {
  Partial& p = *partial_;
  const auto taken =
      static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), p.frame.size - p.frame_received));
  const auto piece = input.first(taken);
  unmask(piece, p.frame.mask, static_cast<std::size_t>(p.frame_received % 4));
  input = input.subspan(taken);
  p.frame_received += taken;
  const std::string_view text(piece.data(), piece.size());
  const bool whole = p.frame_received == p.frame.size;
  if (is_control(p.frame.opcode)) {
    p.control.append(text);
    if (!whole) return {};
    p.in_frame = false;
    return finish_control(p.frame.opcode, p.control);
  }
  if (p.message.capacity() < p.message.size() + text.size() + kReadablePadding) {
    const auto doubled = std::min(2 * p.message.size(), p.message_bytes_max);
    p.message.reserve(std::max(doubled, p.message.size() + text.size()) + kReadablePadding);
  }
  p.message.append(text);
  if (p.message_opcode == kOpcodeText && !p.utf8.feed(text)) return error(CloseReason::kInvalidUtf8);
  return whole ? finish_data_frame() : FrameItem{};
}

FrameItem FrameDecoder::finish_data_frame() {
  Partial& p = *partial_;
  p.in_frame = false;
  if (!p.frame.fin) return {};
  if (p.message_opcode == kOpcodeText && !p.utf8.complete()) return error(CloseReason::kInvalidUtf8);
  const auto kind = p.message_opcode == kOpcodeText ? FrameItem::Kind::kText : FrameItem::Kind::kBinary;
  p.message_opcode = 0;  // nothing is held any more: the next call lets go of it all
  return {.kind = kind, .payload = p.message};
}

FrameItem FrameDecoder::finish_control(std::uint8_t opcode, std::string_view payload) {
  if (opcode == kOpcodePing) return {.kind = FrameItem::Kind::kPing, .payload = payload};
  if (opcode == kOpcodePong) return {.kind = FrameItem::Kind::kPong, .payload = payload};
  if (payload.empty()) return {.kind = FrameItem::Kind::kClose, .close_code = kNoCloseCode};
  if (payload.size() == 1) return error(CloseReason::kProtocolError);
  const auto code = static_cast<std::uint16_t>(big_endian(std::span(payload).first(2)));
  if (!is_valid_close_code(code)) return error(CloseReason::kProtocolError);
  if (!is_utf8(payload.substr(2))) return error(CloseReason::kInvalidUtf8);
  return {.kind = FrameItem::Kind::kClose, .payload = payload.substr(2), .close_code = code};
}

std::size_t write_frame_header(std::uint8_t opcode, std::size_t payload_size, char* out) {
  out[0] = static_cast<char>(0x80 | opcode);
  if (payload_size < 126) {
    out[1] = static_cast<char>(payload_size);
    return 2;
  }
  const std::size_t length_bytes = payload_size <= 0xffff ? 2 : 8;
  out[1] = static_cast<char>(length_bytes == 2 ? 126 : 127);
  for (std::size_t i = 0; i < length_bytes; ++i) {
    out[2 + i] = static_cast<char>(payload_size >> (8 * (length_bytes - 1 - i)));
  }
  return 2 + length_bytes;
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  if (code == kNoCloseCode) return {'\x88', '\0'};
  ZVONOK_ASSERT(reason.size() <= kControlPayloadMax - 2);
  std::string frame{'\x88', static_cast<char>(2 + reason.size()), static_cast<char>(code >> 8),
                    static_cast<char>(code)};
  frame.append(reason);
  return frame;
}

bool is_valid_close_code(std::uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006);
}

}  // namespace zvonok::protocol
