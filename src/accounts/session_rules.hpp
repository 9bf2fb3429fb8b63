// The rules of login sessions and their refresh tokens: each token is good for one rotation, and an old one
// that comes again betrays a thief, unless it is another tab of the same device that was a moment late (RFC
// 9700 section 4.14.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "ports/account_rows.hpp"

namespace zvonok::accounts {

inline constexpr base::Duration kAccessTokenLife = base::hours(1);
// How long an ended session is remembered: until its last access token is over, with the longest leeway.
inline constexpr base::Duration kRevokedFor = kAccessTokenLife + base::minutes(1);
// A phone that lies in a drawer over the holidays stays logged in.
inline constexpr base::Duration kRefreshTokenLife = base::hours(24 * 60);
// Two tabs, or a client whose answer was lost, are that late.
inline constexpr base::Duration kSameSuccessorFor = base::seconds(30);
// More than anybody has devices; a program that logs in again and again ends its own oldest ones.
inline constexpr std::size_t kSessionsPerUserMax = 100;
inline constexpr std::size_t kDeviceBytesMax = 64;

/// What a refresh token says: `sid.n.signature`.
struct RefreshToken {
  std::string session;
  std::int64_t n = 0;
  std::string signature;
};
std::string to_text(const RefreshToken& token);
/// nullopt: it cannot be one of ours. Whether the signature is right is not looked at.
std::optional<RefreshToken> parse_refresh_token(std::string_view text);

enum class RefreshVerdict : std::uint8_t {
  kRotated,  // the session has its next token in force
  kSame,     // the one in force is answered once more
  kEnded,    // the token is an old one: the session has ended with it
  kRefused,  // the session had ended, or was not refreshed for too long
};

/// Judges a refresh token whose signature is right; the session keeps the outcome.
RefreshVerdict refresh(ports::LoginSession& session, std::int64_t n, std::string_view device,
                       base::WallTime now);

/// Whether a device names itself as it may: at most kDeviceBytesMax of `[A-Za-z0-9_-]`.
bool is_device_name(std::string_view text);

}  // namespace zvonok::accounts
