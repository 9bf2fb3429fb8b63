#include "app/log_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace zvonok::app {
namespace {

constexpr std::size_t kValueBytesMax = 256;  // more would be a payload, which has no place in a log

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warn", "error"};

struct Character {
  std::size_t bytes = 0;  // 0: no valid sequence begins here
  std::uint32_t code = 0;
};

// Decodes the sequence at the start of `text` (RFC 3629: no overlong forms, no surrogates, nothing above
// U+10FFFF).
Character decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {1, first};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {};
  std::uint32_t code = first & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {};
    code = code << 6 | (next & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[bytes] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {bytes, code};
}

// Controls, and what moves, hides or breaks text on a screen: with U+202E a user id could rewrite the rest of
// its line.
bool is_unprintable(std::uint32_t code) {
  constexpr std::array<std::array<std::uint32_t, 2>, 8> kRanges{{{0x00, 0x1f},
                                                                 {0x7f, 0xa0},
                                                                 {0xad, 0xad},
                                                                 {0x061c, 0x061c},
                                                                 {0x200b, 0x200f},
                                                                 {0x2028, 0x202e},
                                                                 {0x2060, 0x206f},
                                                                 {0xfeff, 0xfeff}}};
  return std::ranges::any_of(kRanges,
                             [code](const auto& range) { return code >= range[0] && code <= range[1]; });
}

void append_hex(std::string& out, std::uint32_t number, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[number >> shift & 15];
}

// JSON has no \x: there the escape of a stray byte is itself escaped, and reads as \xff after parsing.
enum class Style { kText, kJson };

void append_escaped(std::string& out, std::string_view text, Style style) {
  while (!text.empty()) {
    const auto character = decode(text);
    const auto bytes = std::max<std::size_t>(character.bytes, 1);
    if (character.bytes == 0) {
      out += style == Style::kJson ? "\\\\x" : "\\x";
      append_hex(out, static_cast<unsigned char>(text[0]), 2);
    } else if (text[0] == '"' || text[0] == '\\') {
      out += {'\\', text[0]};
    } else if (text[0] == '\n' || text[0] == '\r' || text[0] == '\t') {
      out += {'\\', text[0] == '\n' ? 'n' : text[0] == '\r' ? 'r' : 't'};
    } else if (is_unprintable(character.code)) {
      out += "\\u";
      append_hex(out, character.code, 4);
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
}

// At most kValueBytesMax bytes, and no character cut in two.
std::string_view cut(std::string_view value) {
  if (value.size() <= kValueBytesMax) return value;
  auto length = kValueBytesMax;
  for (int back = 0; back < 3 && (static_cast<unsigned char>(value[length]) & 0xc0) == 0x80; ++back) --length;
  return value.substr(0, length);
}

void append_value(std::string& out, std::string_view value, Style style) {
  const auto kept = cut(value);
  append_escaped(out, kept, style);
  if (kept.size() < value.size()) out += "…";
}

bool needs_quotes(std::string_view value, std::string_view escaped) {
  return value.empty() || escaped != value || value.find_first_of(" =") != std::string_view::npos;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text, Style::kText);
  return out;
}

std::string text_line(ports::LogLevel level, std::string_view text, std::span<const ports::LogField> fields) {
  std::string line(kLevelNames[static_cast<std::size_t>(level)]);
  line += ' ';
  append_escaped(line, text, Style::kText);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line += std::to_string(*number);
      continue;
    }
    const auto value = std::get<std::string_view>(field.value);
    std::string escaped;
    append_value(escaped, value, Style::kText);
    line += needs_quotes(value, escaped) ? '"' + escaped + '"' : escaped;
  }
  return line;
}

std::string json_members(ports::LogLevel level, std::string_view text,
                         std::span<const ports::LogField> fields) {
  std::string line = R"("level":")";
  line += kLevelNames[static_cast<std::size_t>(level)];
  line += R"(","text":")";
  append_escaped(line, text, Style::kJson);
  line += '"';
  for (const auto& field : fields) {
    line += R"(,")";
    line += field.key;
    line += R"(":)";
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line += std::to_string(*number);
      continue;
    }
    line += '"';
    append_value(line, std::get<std::string_view>(field.value), Style::kJson);
    line += '"';
  }
  return line;
}

}  // namespace zvonok::app
