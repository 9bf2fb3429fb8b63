#include "accounts/session_rules.hpp"

#include <algorithm>
#include <charconv>

namespace zvonok::accounts {
namespace {

// Sixteen bytes in base64url; the signature has 43 characters.
constexpr std::size_t kSessionIdBytesMax = 64, kSignatureBytesMax = 64;

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// Only the one way in which we write a number: no sign, no zero in front.
std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  if (text != std::to_string(number)) return std::nullopt;
  return number;
}

}  // namespace

std::string to_text(const RefreshToken& token) {
  return token.session + "." + std::to_string(token.n) + "." + token.signature;
}

std::optional<RefreshToken> parse_refresh_token(std::string_view text) {
  const auto first = text.find('.');
  const auto last = text.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const auto session = text.substr(0, first);
  const auto signature = text.substr(last + 1);
  const auto n = parse_number(text.substr(first + 1, last - first - 1));
  if (!n || session.empty() || session.size() > kSessionIdBytesMax || !is_base64url(session))
    return std::nullopt;
  if (signature.empty() || signature.size() > kSignatureBytesMax || !is_base64url(signature))
    return std::nullopt;
  return RefreshToken{std::string(session), *n, std::string(signature)};
}

RefreshVerdict refresh(ports::LoginSession& session, std::int64_t n, std::string_view device,
                       base::WallTime now) {
  if (session.ended_at || now >= session.rotated_at + kRefreshTokenLife) return RefreshVerdict::kRefused;
  // One that is newer than what is known, and ours by its signature: the database was restored from a backup.
  if (n >= session.n) {
    session.n = n + 1;
    session.rotated_at = now;
    session.device = device;
    return RefreshVerdict::kRotated;
  }
  const bool late = now >= session.rotated_at + kSameSuccessorFor;
  if (n == session.n - 1 && !late && device == session.device) return RefreshVerdict::kSame;
  session.ended_at = now;
  return RefreshVerdict::kEnded;
}

bool is_device_name(std::string_view text) {
  return text.size() <= kDeviceBytesMax && is_base64url(text);
}

}  // namespace zvonok::accounts
