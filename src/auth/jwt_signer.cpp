#include "auth/jwt_signer.hpp"

#include <cjose/header.h>
#include <cjose/jws.h>
#include <jansson.h>

#include <algorithm>

#include "auth/claims.hpp"
#include "auth/strict_json.hpp"
#include "base/assert.hpp"

namespace zvonok::auth {
namespace {

// A thousand years: whoever asks for longer gets this, and no sum overflows.
constexpr base::Duration kTtlMax = base::hours(24 * 365 * 1000);

JsonPtr json_text(std::string_view text) {
  return JsonPtr(json_stringn(text.data(), text.size()));
}

void set(json_t& object, const char* name, JsonPtr value) {
  json_object_set_new(&object, name, value.release());
}

/// One audience is written as a string, which more readers understand than a list of one.
JsonPtr json_audiences(const std::vector<std::string>& audiences) {
  if (audiences.size() == 1) return json_text(audiences.front());
  JsonPtr list(json_array());
  for (const std::string& audience : audiences)
    json_array_append_new(list.get(), json_text(audience).release());
  return list;
}

std::string signed_token(const json_t& claims, const VerificationKey& key) {
  // In ASCII, since many pages read a token's claims with atob(), which takes UTF-8 for Latin-1.
  const std::string payload = to_json(claims);
  const JsonPtr header(json_object());
  set(*header, "alg", json_text("HS256"));
  set(*header, "typ", json_text("JWT"));
  const JwsPtr jws(cjose_jws_sign(key.jwk.get(), header.get(),
                                  reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size(),
                                  nullptr));
  const char* token = nullptr;
  const bool made = jws && cjose_jws_export(jws.get(), &token, nullptr);
  ZVONOK_ASSERT(made);  // HMAC with a key at hand fails only for want of memory
  return token;
}

}  // namespace

JwtSigner::JwtSigner(const JwtOptions& options, const base::Redacted<std::string>& secret)
    : issuer_(options.issuer), audiences_(options.audiences), key_(key_of_secret(secret.reveal())) {}

void JwtSigner::replace_secret(const base::Redacted<std::string>& secret) {
  key_ = key_of_secret(secret.reveal());
}

base::Result<std::string, ports::SignError> JwtSigner::sign(const ports::TokenClaims& said) const {
  JsonPtr user_id = json_text(said.user);  // null unless it is UTF-8
  if (!user_id || !is_user_id(said.user)) return base::Unexpected{ports::SignError::kUserId};

  // Whole seconds, which every reader of tokens understands; rounded so that a token never lives shorter than
  // asked.
  const base::WallTime expiry =
      std::clamp(said.expires_at, said.issued_at - kTtlMax, said.issued_at + kTtlMax);
  const JsonPtr claims(json_object());
  set(*claims, "userId", std::move(user_id));
  set(*claims, "iat",
      JsonPtr(json_integer(std::chrono::floor<base::seconds>(said.issued_at).time_since_epoch().count())));
  set(*claims, "exp",
      JsonPtr(json_integer(std::chrono::ceil<base::seconds>(expiry).time_since_epoch().count())));
  if (!said.session.empty()) set(*claims, "sid", json_text(said.session));
  if (!said.token_id.empty()) set(*claims, "jti", json_text(said.token_id));
  if (!issuer_.empty()) set(*claims, "iss", json_text(issuer_));
  if (!audiences_.empty()) set(*claims, "aud", json_audiences(audiences_));
  return signed_token(*claims, key_);
}

}  // namespace zvonok::auth
