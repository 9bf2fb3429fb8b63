// Bytes as a hostile client may send them. What is found must not depend on how they were cut into reads,
// must be within the limits, and must not make the decoder hold more than twice what came in.
//
// The input's first byte picks the limits, the second how one of the readings is cut; the rest is the
// connection.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "protocol/frame.hpp"
#include "protocol/frame_test_support.hpp"
#include "protocol/utf8.hpp"

// Only the sanitizers' allocator has it; elsewhere the memory is not looked at.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace zvonok::protocol {
namespace {

using Kind = FrameItem::Kind;

// Cuts that follow from a seed, so that an input is the whole story of a failure.
NextPiece cut_by(std::uint32_t seed) {
  return [state = seed * 2654435761U + 1](std::size_t) mutable {
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % (state >> 31 ? 300 : 9);
  };
}

void check_item(const Item& item, const FrameLimits& limits) {
  switch (item.kind) {
    case Kind::kText:
      ZVONOK_ASSERT(is_utf8(item.payload));
      [[fallthrough]];
    case Kind::kBinary:
      ZVONOK_ASSERT(item.payload.size() <= limits.message_bytes);
      return;
    case Kind::kClose:
      ZVONOK_ASSERT(is_utf8(item.payload));
      ZVONOK_ASSERT(item.close_code == kNoCloseCode || is_valid_close_code(item.close_code));
      [[fallthrough]];
    case Kind::kPing:
    case Kind::kPong:
      ZVONOK_ASSERT(item.payload.size() <= 125);
      return;
    case Kind::kError:
      ZVONOK_ASSERT(item.error == CloseReason::kProtocolError || item.error == CloseReason::kInvalidUtf8 ||
                    item.error == CloseReason::kPolicy || item.error == CloseReason::kTooLarge);
      return;
    case Kind::kNeedMore:
      ZVONOK_UNREACHABLE("it is no item");
  }
}

// What was found, written as a good client would, is found again.
void check_written_anew(const Decoding& decoding, const FrameLimits& limits) {
  std::string bytes;
  for (const Item& item : decoding.items) {
    if (item.kind == Kind::kText) bytes += client_frame(kOpcodeText, item.payload);
    if (item.kind == Kind::kBinary) bytes += client_frame(kOpcodeBinary, item.payload);
    if (item.kind == Kind::kPing) bytes += client_frame(kOpcodePing, item.payload);
    if (item.kind == Kind::kPong) bytes += client_frame(kOpcodePong, item.payload);
    if (item.kind == Kind::kError) bytes += '\xff';
    if (item.kind != Kind::kClose) continue;
    const std::string code{static_cast<char>(item.close_code >> 8), static_cast<char>(item.close_code)};
    bytes += client_frame(kOpcodeClose, item.close_code == kNoCloseCode ? "" : code + item.payload);
  }
  auto wanted = decoding.items;
  if (!wanted.empty() && wanted.back().kind == Kind::kError)
    wanted.back().error = CloseReason::kProtocolError;
  ZVONOK_ASSERT(decode(bytes, whole(), limits).items == wanted);
}

void check_memory(std::string bytes, const NextPiece& next_piece, const FrameLimits& limits) {
  if (__sanitizer_get_current_allocated_bytes == nullptr) return;
  constexpr std::size_t kFixed = 1024;  // the state of a cut frame, and a control frame
  const std::size_t all = bytes.size();
  bytes.append(kReadablePadding, '\0');
  const std::size_t before = __sanitizer_get_current_allocated_bytes();
  FrameDecoder decoder;
  for (std::size_t fed = 0; fed < all;) {
    const std::size_t size = std::clamp<std::size_t>(next_piece(all - fed), 1, all - fed);
    std::span<char> input(bytes.data() + fed, size);
    fed += size;
    for (bool more = true; more;) {
      const Kind kind = decoder.next(input, limits).kind;
      const std::size_t held = __sanitizer_get_current_allocated_bytes() - before;
      ZVONOK_ASSERT(held <= 2 * std::min(limits.message_bytes, fed) + size + kFixed);
      if (kind == Kind::kError || kind == Kind::kClose) return;
      more = kind != Kind::kNeedMore;
      if (!more && !decoder.in_progress()) ZVONOK_ASSERT(held == 0);
    }
  }
}

}  // namespace
}  // namespace zvonok::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zvonok::protocol;
  if (size < 2) return 0;
  const FrameLimits limits{.message_bytes = data[0] % 2 == 0 ? 200U : 70'000U,
                           .fragments = 1U + data[0] / 2 % 8};
  const std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  const Decoding at_once = decode(bytes, whole(), limits);
  for (const Item& item : at_once.items) check_item(item, limits);
  for (const auto& cuts : {pieces_of(1), cut_by(data[1])}) {
    const Decoding cut = decode(bytes, cuts, limits);
    ZVONOK_ASSERT(cut.items == at_once.items);
    ZVONOK_ASSERT(cut.in_progress == at_once.in_progress);
  }
  check_written_anew(at_once, limits);
  check_memory(bytes, cut_by(data[1]), limits);
  return 0;
}
