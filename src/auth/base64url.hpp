// Base64url without padding (RFC 7515 section 2), read strictly: one sequence of bytes has exactly one text.
//
// cjose's decoder, like most, takes padding and ignores the unused bits of the last character, so one
// signature has several texts that all verify; whoever compares or blocks tokens by their text would be
// fooled.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zvonok::auth {

std::string base64url_encode(std::string_view bytes);

/// nullopt unless `text` is exactly what base64url_encode() makes of the result.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace zvonok::auth
