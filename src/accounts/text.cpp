#include "accounts/text.hpp"

#include <algorithm>
#include <clocale>
#include <cwctype>

namespace zvonok::accounts {
namespace {

constexpr char32_t kLastCodePoint = 0x10FFFF;

bool is_surrogate(char32_t c) {
  return c >= 0xD800 && c <= 0xDFFF;
}

// How many bytes follow a leading one, and its share of the character; nullopt: no byte to lead with.
struct Lead {
  std::size_t follow;
  char32_t bits, least;
};
std::optional<Lead> lead_of(unsigned char byte) {
  if (byte < 0x80) return Lead{0, byte, 0};
  if (byte >= 0xC2 && byte < 0xE0) return Lead{1, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return Lead{2, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF5) return Lead{3, byte & 0x07U, 0x10000};
  return std::nullopt;
}

// glibc's own table of Unicode, without a locale of the process.
char32_t lower(char32_t character) {
  static const locale_t kUnicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (kUnicode == nullptr)
    return character < 0x80 ? static_cast<char32_t>(std::towlower(character)) : character;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(character), kUnicode));
}

// Nobody sees them, and with them a name would not be found, would be empty, or pass for another: Unicode's
// Default_Ignorable_Code_Point, without the marks of direction, which are refused.
bool has_no_width(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  constexpr Range kRanges[]{{0x00AD, 0x00AD}, {0x034F, 0x034F},   {0x115F, 0x1160},   {0x17B4, 0x17B5},
                            {0x180B, 0x180F}, {0x200B, 0x200D},   {0x2060, 0x2065},   {0x206A, 0x206F},
                            {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
                            {0xFFF0, 0xFFF8}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
  return std::ranges::any_of(kRanges,
                             [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// Splits at blanks, of which those of no width count for nothing.
std::u32string with_single_blanks(const std::u32string& text) {
  std::u32string out;
  for (const char32_t c : text) {
    if (has_no_width(c)) continue;
    if (!is_blank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != U' ') {
      out += U' ';
    }
  }
  if (!out.empty() && out.back() == U' ') out.pop_back();
  return out;
}

std::string to_utf8(const std::u32string& text) {
  std::string out;
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

}  // namespace

std::optional<std::u32string> decode_utf8(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = lead_of(static_cast<unsigned char>(text[i++]));
    if (!lead || lead->follow > text.size() - i) return std::nullopt;
    char32_t c = lead->bits;
    for (std::size_t k = 0; k < lead->follow; ++k) {
      const auto byte = static_cast<unsigned char>(text[i++]);
      if ((byte & 0xC0U) != 0x80U) return std::nullopt;
      c = (c << 6U) | (byte & 0x3FU);
    }
    if (c < lead->least || c > kLastCodePoint || is_surrogate(c)) return std::nullopt;
    out += c;
  }
  return out;
}

void append_utf8(std::string& text, char32_t c) {
  const auto byte = [&text](char32_t value) { text += static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0U | (c >> 6U));
  } else if (c < 0x10000) {
    byte(0xE0U | (c >> 12U));
    byte(0x80U | ((c >> 6U) & 0x3FU));
  } else {
    byte(0xF0U | (c >> 18U));
    byte(0x80U | ((c >> 12U) & 0x3FU));
    byte(0x80U | ((c >> 6U) & 0x3FU));
  }
  byte(0x80U | (c & 0x3FU));
}

bool is_blank(char32_t c) {
  return c == U' ' || (c >= U'\t' && c <= U'\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x2800 || c == 0x3000 || has_no_width(c);
}

bool is_direction_mark(char32_t c) {
  return (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x061C;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || is_direction_mark(c);
}

std::optional<int> digit_value(char32_t c) {
  for (const char32_t zero : {U'0', char32_t{0xFF10}, char32_t{0x0660}, char32_t{0x06F0}}) {
    if (c >= zero && c < zero + 10) return static_cast<int>(c - zero);
  }
  return std::nullopt;
}

std::optional<std::string> tidy_name(std::string_view text) {
  const auto decoded = decode_utf8(text);
  if (!decoded) return std::nullopt;
  const auto name = with_single_blanks(*decoded);
  if (name.size() > kNameCharactersMax || std::ranges::any_of(name, is_control)) return std::nullopt;
  return to_utf8(name);
}

std::string search_key(std::string_view text) {
  auto decoded = decode_utf8(text).value_or(std::u32string());
  for (char32_t& c : decoded) {
    c = lower(c);
    if (c == U'ё') c = U'е';
  }
  return to_utf8(with_single_blanks(decoded));
}

}  // namespace zvonok::accounts
