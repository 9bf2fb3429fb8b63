#include "auth/base64url.hpp"

#include <array>
#include <cstdint>

namespace zvonok::auth {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t kNotInAlphabet = 0xFF;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNotInAlphabet);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

}  // namespace

std::string base64url_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(byte);
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      text.push_back(kAlphabet[bits >> bit_count & 0x3F]);
    }
  }
  if (bit_count > 0) text.push_back(kAlphabet[bits << (6 - bit_count) & 0x3F]);
  return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  // Four characters hold three bytes; a rest of one character holds only six bits, less than a byte.
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes(text.size() * 3 / 4, '\0');
  std::size_t size = 0;
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char character : text) {
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(character)];
    if (value == kNotInAlphabet) return std::nullopt;
    bits = bits << 6 | value;
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes[size++] = static_cast<char>(bits >> bit_count & 0xFF);
    }
  }
  const std::uint32_t stray_bits = bits & ((1U << bit_count) - 1);
  if (stray_bits != 0) return std::nullopt;
  return bytes;
}

}  // namespace zvonok::auth
