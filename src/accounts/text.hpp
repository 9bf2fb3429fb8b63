// Text that people type: its characters, without the marks that nobody sees, and as searches compare it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zvonok::accounts {

/// The code points of UTF-8 (RFC 3629); nullopt if it is none.
std::optional<std::u32string> decode_utf8(std::string_view text);
void append_utf8(std::string& text, char32_t character);

/// A blank of any kind: of ASCII, no-break, thin, ideographic, or of no width (the marks that come with
/// copying).
bool is_blank(char32_t character);
/// What changes the direction of the text around it.
bool is_direction_mark(char32_t character);
/// C0, C1 and marks of direction: a name with one would pass for another.
bool is_control(char32_t character);

/// The value of a decimal digit in ASCII, full-width or either Arabic form.
std::optional<int> digit_value(char32_t character);

/// A name as it is kept: blanks at its ends cut, those within one each. nullopt: it has over 80 characters,
/// control characters, or is no UTF-8.
std::optional<std::string> tidy_name(std::string_view text);

/// A name as searches compare it: in lower case (of all alphabets that have one), ё as е, words apart by one
/// blank.
std::string search_key(std::string_view text);

inline constexpr std::size_t kNameCharactersMax = 80;

}  // namespace zvonok::accounts
