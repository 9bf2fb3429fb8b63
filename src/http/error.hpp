// Every error that the HTTP side answers, once: its status, its code for programs, its sentence for people.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "http/request.hpp"

namespace zvonok::http {

enum class Error : std::uint8_t {
  kBadRequest,
  kWrongVersion,
  kMissingHost,
  kNotAnUpgrade,
  kMissingKey,
  kBadKey,
  kUpgradeWithBody,
  kUnsupportedVersion,
  kTokenWithoutProtocol,
  kForbiddenOrigin,
  kForbidden,
  kNotFound,
  kWrongPath,
  kMethodNotAllowed,
  kRequestTimeout,
  kBodyTooLarge,
  kWrongMediaType,
  kNotJson,
  kHeadTooLarge,
  kTooManyBadTokens,
  kTooManyConnections,
  kOverloaded,
  kDraining,
  kTimeout,
  kUnauthorized,
  kRateLimited,
  kBadPhone,
  kBadEmail,
  kNoDelivery,
  kBadCode,
  kInvalidCode,
  kTooManyTries,
  kInviteUnknown,
  kInviteUsed,
  kInviteExpired,
  kInvalidRefreshToken,
  kBadName,
  kBadAvatar,
  kBadDevice,
  kUnavailable,
};

struct ErrorInfo {
  unsigned status;
  std::string_view code, message;
};

inline constexpr std::array<ErrorInfo, 40> kErrors{{
    {400, "bad_request", "The request is not valid HTTP/1.1."},
    {505, "http_version_not_supported", "This server speaks HTTP/1.1."},
    {400, "missing_host", "Exactly one Host header is required."},
    {426, "upgrade_required",
     "This is a WebSocket. The request has no 'Upgrade: websocket' and 'Connection: Upgrade', or is "
     "HTTP/1.0: open it "
     "with a WebSocket client; if you did, a proxy on the way has removed them (nginx: proxy_http_version "
     "1.1)."},
    {400, "missing_key", "The Sec-WebSocket-Key header is missing. A proxy on the way may have removed it."},
    {400, "bad_key", "The Sec-WebSocket-Key header is not 16 bytes of base64."},
    {400, "upgrade_with_body", "An upgrade request must not have a body."},
    {426, "unsupported_websocket_version", "Sec-WebSocket-Version must be 13 (or 8)."},
    {400, "token_without_protocol", "A zvonok.jwt subprotocol must come together with zvonok.v2."},
    {403, "forbidden_origin", "This Origin is not in the list of allowed ones (setting: origins)."},
    {403, "forbidden", "Not allowed from here."},
    {404, "not_found", "There is nothing at this path."},
    {404, "wrong_websocket_path",
     "WebSockets are served at /ws and nowhere else; check the path in the proxy's configuration."},
    {405, "method_not_allowed", "This path does not take this method."},
    {408, "request_timeout", "The request took too long to arrive."},
    {413, "body_too_large", "The body is larger than limits.body_bytes."},
    {415, "unsupported_media_type", "The body must be JSON, and say so: 'Content-Type: application/json'."},
    {400, "not_json", "The body is not the JSON that is expected here."},
    {431, "head_too_large",
     "The request's head is larger than limits.header_bytes or has more lines than limits.header_count."},
    {429, "too_many_bad_tokens", "Too many refused tokens from this address. Try again in a minute."},
    {429, "too_many_connections", "Too many connections from this address. Try again in a minute."},
    {503, "overloaded", "The server is full. Try again soon."},
    {503, "draining", "The server is restarting. Try again soon."},
    {503, "timeout", "The answer took too long. Try again soon."},
    {401, "unauthorized", "Send 'Authorization: Bearer' with a valid token."},
    {429, "rate_limited", "Too many requests of this user. Try again in a minute."},
    {400, "bad_phone", "This is not a phone number."},
    {400, "bad_email", "This is not an e-mail address."},
    {400, "no_delivery", "This server sends no codes to addresses of this kind."},
    {400, "bad_code", "A code has six digits."},
    {401, "invalid_code", "The code is wrong or has expired. A newer code makes an older one invalid."},
    {429, "too_many_tries", "Too many wrong codes for this address. Try again later."},
    {403, "invite_unknown", "Only who was invited may register here."},
    {403, "invite_used", "This invitation was used already. Ask for a new one."},
    {403, "invite_expired", "This invitation has expired. Ask for a new one."},
    {401, "invalid_refresh_token", "The session has ended. Log in anew."},
    {400, "bad_name", "A name has at most 80 characters, none of them invisible."},
    {400, "bad_avatar", "An avatar is an https URL of at most 512 characters."},
    {400, "bad_device", "A device is named by at most 64 letters, digits, '-' and '_'."},
    {503, "unavailable", "The database does not answer. Try again soon."},
}};
static_assert(static_cast<std::size_t>(Error::kUnavailable) + 1 == kErrors.size());

constexpr const ErrorInfo& info(Error error) {
  return kErrors[static_cast<std::size_t>(error)];
}

/// What an error says of one request, beside what the table says of it.
struct ErrorDetail {
  std::string_view text = {};                   // a sentence; empty: none
  std::optional<base::Duration> again_in = {};  // in place of the usual Retry-After of 429 and 503
};

/// Problem details (RFC 9457): `{"type","title","status","code","detail"?}`, with Retry-After where trying
/// again helps.
Response error_response(Error error, const ErrorDetail& detail = {});

}  // namespace zvonok::http
