// The keyed hashes that TURN's names, passwords and messages are made with.
#pragma once

#include <string>
#include <string_view>

namespace zvonok::turn {

/// 20 bytes (RFC 2104 with SHA-1, which RFC 8489 section 14.5 and the REST credentials ask for).
std::string hmac_sha1(std::string_view key, std::string_view text);
/// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);
/// 16 bytes; only for the long-term key of RFC 8489 section 9.2.2.
std::string md5(std::string_view text);

/// With padding (RFC 4648 section 4).
std::string base64(std::string_view bytes);
std::string lower_hex(std::string_view bytes);

}  // namespace zvonok::turn
