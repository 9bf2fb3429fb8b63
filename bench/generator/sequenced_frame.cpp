#include "sequenced_frame.hpp"

#include "fatal.hpp"

namespace zvonok::bench {
namespace {

constexpr std::string_view kBegin = R"({"event":"call:ice","payload":{"candidate":{"candidate":"candidate:)";
constexpr std::string_view kDigits = "0000000000";
constexpr std::string_view kMiddle = " 1 udp 2122260223 192.0.2.1 54400 typ host ufrag ";
constexpr std::string_view kEnd = R"(","sdpMid":"0","sdpMLineIndex":0}}})";

std::string text_of(std::size_t bytes) {
  const std::size_t least = kBegin.size() + kDigits.size() + kMiddle.size() + kEnd.size();
  if (bytes < least) fatal("a message has at least " + std::to_string(least) + " bytes");
  std::string text;
  text.append(kBegin).append(kDigits).append(kMiddle).append(bytes - least, 'x').append(kEnd);
  return text;
}

std::string header_of(std::size_t size, bool masked) {
  const auto byte = [](std::size_t value) { return static_cast<char>(value & 0xff); };
  const std::size_t mask_bit = masked ? 0x80 : 0;
  std::string header{byte(0x81)};
  if (size < 126) return header + byte(mask_bit | size);
  if (size > 0xffff) fatal("no message here is longer than 64 KiB");
  return header + byte(mask_bit | 126) + byte(size >> 8) + byte(size);
}

void apply(const Mask& mask, char* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i % mask.size()]);
}

}  // namespace

std::string client_frame(std::string_view text, const Mask& mask) {
  std::string frame = header_of(text.size(), true);
  frame.append(mask.data(), mask.size()).append(text);
  apply(mask, frame.data() + frame.size() - text.size(), text.size());
  return frame;
}

SequencedFrame::SequencedFrame(std::size_t text_bytes, const Mask* mask) {
  const std::string text = text_of(text_bytes);
  bytes_ = mask != nullptr ? client_frame(text, *mask) : header_of(text.size(), false) + text;
  digits_at_ = bytes_.size() - text.size() + kBegin.size();
  for (std::size_t i = 0; i < digits_mask_.size() && mask != nullptr; ++i) {
    digits_mask_[i] = (*mask)[(kBegin.size() + i) % mask->size()];
  }
}

SequencedFrame SequencedFrame::from_client(std::size_t text_bytes, const Mask& mask) {
  return {text_bytes, &mask};
}

SequencedFrame SequencedFrame::from_server(std::size_t text_bytes) {
  return {text_bytes, nullptr};
}

void SequencedFrame::set_number(std::uint64_t number) {
  for (std::size_t i = digits_mask_.size(); i-- > 0; number /= 10) {
    bytes_[digits_at_ + i] = static_cast<char>(('0' + static_cast<char>(number % 10)) ^ digits_mask_[i]);
  }
}

}  // namespace zvonok::bench
