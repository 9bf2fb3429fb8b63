#include "auth/claims.hpp"

#include <jansson.h>

#include <algorithm>
#include <cmath>

#include "auth/strict_json.hpp"

namespace zvonok::auth {
namespace {

using base::Unexpected;
using base::WallTime;
using ports::Identity;
using ports::IdForm;
using ports::TokenError;
using ports::TokenRefusal;

// The end of the year 9999, in seconds. Dates beyond it, which a double holds up to 10^308, are taken for it,
// so that no sum of dates overflows and every date can be written.
constexpr std::int64_t kSecondsMax = 253'402'300'799;

/// A NumericDate (RFC 7519 section 2), which may have a fraction and an exponent: issuers in Python and PHP
/// write both. Rounded down to our clock's milliseconds.
WallTime numeric_date(const json_t* number) {
  if (json_is_integer(number)) {
    const std::int64_t seconds =
        std::clamp<std::int64_t>(json_integer_value(number), -kSecondsMax, kSecondsMax);
    return WallTime(base::seconds(seconds));
  }
  constexpr double kMax = static_cast<double>(kSecondsMax);
  const double seconds = std::clamp(json_real_value(number), -kMax, kMax);
  return WallTime(base::milliseconds(static_cast<std::int64_t>(std::floor(seconds * 1000))));
}

constexpr std::size_t kSessionBytesMax = 64;
constexpr std::size_t kProfileTextBytesMax = 2'048;  // 512 characters of four bytes

std::string in_seconds(base::Duration duration) {
  return std::to_string(std::chrono::ceil<base::seconds>(duration).count()) + " s";
}

std::optional<TokenRefusal> check_times(const json_t* exp, const json_t* nbf, base::Duration leeway,
                                        WallTime now) {
  if (exp != nullptr && !json_is_number(exp)) return TokenRefusal{TokenError::kClaims, "exp is not a number"};
  if (nbf != nullptr && !json_is_number(nbf)) return TokenRefusal{TokenError::kClaims, "nbf is not a number"};
  // `iat` is not looked at, whatever it is, as in the original: it says when a token was made, not when it
  // may be used.
  if (exp != nullptr && now >= numeric_date(exp) + leeway) {
    return TokenRefusal{TokenError::kExpired, "expired " + in_seconds(now - numeric_date(exp)) + " ago"};
  }
  if (nbf != nullptr && now < numeric_date(nbf) - leeway) {
    return TokenRefusal{
        TokenError::kNotYetValid,
        "not yet valid by " + in_seconds(numeric_date(nbf) - leeway - now) + ", see jwt_leeway_s"};
  }
  return std::nullopt;
}

bool is_one_of(const json_t* value, const std::vector<std::string>& expected) {
  const auto text = string_of(value);
  return text && std::find(expected.begin(), expected.end(), *text) != expected.end();
}

/// `aud` is a string or a list (RFC 7519 section 4.1.3); elements of a list that are no strings match
/// nothing.
bool is_for(const json_t* aud, const std::vector<std::string>& audiences) {
  if (is_one_of(aud, audiences)) return true;
  for (std::size_t i = 0; i < json_array_size(aud); ++i) {
    if (is_one_of(json_array_get(aud, i), audiences)) return true;
  }
  return false;
}

std::string shown_list(const std::vector<std::string>& texts) {
  const JsonPtr list(json_array());
  for (const std::string& text : texts)
    json_array_append_new(list.get(), json_stringn(text.data(), text.size()));
  return shown(list.get());
}

std::optional<TokenRefusal> check_parties(const json_t* iss, const json_t* aud, const JwtOptions& options) {
  if (!options.issuer.empty() && string_of(iss) != options.issuer) {
    return TokenRefusal{TokenError::kIssuer, "iss is " + shown(iss) + ", expected " + shown(options.issuer)};
  }
  if (!options.audiences.empty() && !is_for(aud, options.audiences)) {
    return TokenRefusal{TokenError::kAudience,
                        "aud is " + shown(aud) + ", expected one of " + shown_list(options.audiences)};
  }
  return std::nullopt;
}

Identity identity_with(std::string user, IdForm form) {
  Identity identity;
  identity.user = std::move(user);
  identity.form = form;
  return identity;
}

// A claim that is for the profile, or nothing: one that is too long, or no text, is no reason to refuse
// anybody.
std::string text_claim(const json_t& claims, const char* name, std::size_t bytes_max) {
  const auto text = string_of(member(claims, name));
  return text && text->size() <= bytes_max ? std::string(*text) : std::string();
}

/// The user and the form of their id; the rest of Identity stays as it is made.
ports::TokenVerdict identity_of(const json_t* user_id) {
  if (const auto text = string_of(user_id)) {
    if (!is_user_id(*text)) {
      return Unexpected{TokenRefusal{TokenError::kUserId, "userId is empty, over 512 bytes or holds U+0000"}};
    }
    return identity_with(std::string(*text), IdForm::kString);
  }
  // Jansson keeps 42 (integer) and 42.0 or 4.2e1 (real) apart; only the first has one text.
  if (!json_is_integer(user_id)) {
    return Unexpected{
        TokenRefusal{TokenError::kUserId, "userId is missing or is neither a string nor an integer"}};
  }
  const std::int64_t number = json_integer_value(user_id);
  if (number == 0 || number > kUserIdIntegerMax || number < -kUserIdIntegerMax) {
    return Unexpected{TokenRefusal{TokenError::kUserId, "userId is 0 or beyond 2^53-1"}};
  }
  return identity_with(std::to_string(number), IdForm::kInteger);
}

}  // namespace

bool is_user_id(std::string_view text) {
  return !text.empty() && text.size() <= kUserIdBytesMax && text.find('\0') == std::string_view::npos;
}

ports::TokenVerdict check_claims(const json_t& claims, const JwtOptions& options, WallTime now) {
  const json_t* exp = member(claims, "exp");
  if (auto refusal = check_times(exp, member(claims, "nbf"), options.leeway, now))
    return Unexpected{*refusal};
  if (auto refusal = check_parties(member(claims, "iss"), member(claims, "aud"), options))
    return Unexpected{*refusal};
  auto identity = identity_of(member(claims, "userId"));
  if (!identity) return identity;
  if (exp != nullptr) identity->expires_at = numeric_date(exp) + options.leeway;
  identity->session = text_claim(claims, "sid", kSessionBytesMax);
  identity->name = text_claim(claims, "name", kProfileTextBytesMax);
  identity->picture = text_claim(claims, "picture", kProfileTextBytesMax);
  return identity;
}

}  // namespace zvonok::auth
