// What a token says (RFC 7519 section 4), judged: is it valid now, is it for us, and who is its bearer?
#pragma once

#include <cstdint>
#include <string_view>

#include "auth/jwt_options.hpp"
#include "ports/token_verifier.hpp"

struct json_t;

namespace zvonok::auth {

inline constexpr std::size_t kUserIdBytesMax = 512;

/// JavaScript's Number.MAX_SAFE_INTEGER: a bigger id would be rounded by every browser that reads it.
inline constexpr std::int64_t kUserIdIntegerMax = (std::int64_t{1} << 53) - 1;

/// 1..512 bytes without U+0000. That they are UTF-8 is for the JSON reader or writer to check.
bool is_user_id(std::string_view text);

/// `claims` is an object. Errors: kClaims, kExpired, kNotYetValid, kIssuer, kAudience, kUserId.
ports::TokenVerdict check_claims(const json_t& claims, const JwtOptions& options, base::WallTime now);

}  // namespace zvonok::auth
