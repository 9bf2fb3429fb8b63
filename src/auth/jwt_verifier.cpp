#include "auth/jwt_verifier.hpp"

#include <algorithm>

#include "auth/claims.hpp"
#include "auth/compact_jws.hpp"
#include "auth/signature.hpp"
#include "auth/strict_json.hpp"
#include "base/assert.hpp"

namespace zvonok::auth {
namespace {

using base::Unexpected;
using ports::TokenError;
using ports::TokenRefusal;
using Candidates = std::vector<const VerificationKey*>;

/// HS tokens meet secrets only, and those know no `kid`: a public key must never serve as an HMAC secret (RFC
/// 8725 section 2.1).
base::Result<Candidates, TokenRefusal> candidates_among(const std::vector<VerificationKey>& secrets) {
  Candidates candidates;
  for (const VerificationKey& secret : secrets) candidates.push_back(&secret);
  if (candidates.empty()) return Unexpected{TokenRefusal{TokenError::kUnknownKey, "no secret is configured"}};
  return candidates;
}

/// Several keys may share one `kid`, one for each algorithm, or old and new during a change. Without a `kid`
/// we do not guess: the key must be the only one that fits.
base::Result<Candidates, TokenRefusal> candidates_among(const KeySet& key_set, const CompactJws& jws) {
  Candidates candidates;
  for (const VerificationKey& key : key_set.keys()) {
    if (key.fits(jws.algorithm) && (!jws.kid || key.kid == jws.kid)) candidates.push_back(&key);
  }
  const std::string name(traits(jws.algorithm).name);
  if (jws.kid && candidates.empty()) {
    return Unexpected{
        TokenRefusal{TokenError::kUnknownKey, "no " + name + " key has the kid " + shown(*jws.kid)}};
  }
  if (!jws.kid && candidates.size() != 1) {
    return Unexpected{TokenRefusal{TokenError::kUnknownKey,
                                   "no kid, and " + std::to_string(candidates.size()) + " keys fit " + name}};
  }
  return candidates;
}

}  // namespace

JwtVerifier::JwtVerifier(JwtOptions options, JwtKeys keys) : options_(std::move(options)) {
  ZVONOK_ASSERT(options_.leeway >= base::Duration(0) && options_.leeway <= kLeewayMax);
  replace_keys(std::move(keys));
}

void JwtVerifier::replace_keys(JwtKeys keys) {
  replace_secrets(keys.secret, keys.previous_secret);
  replace_key_set(std::move(keys.key_set));
}

void JwtVerifier::replace_secrets(const base::Redacted<std::string>& current,
                                  const base::Redacted<std::string>& previous) {
  secrets_.clear();
  for (const auto* secret : {&current.reveal(), &previous.reveal()}) {
    if (!secret->empty()) secrets_.push_back(key_of_secret(*secret));
  }
}

void JwtVerifier::verify(std::string_view token, base::WallTime now,
                         std::function<void(ports::TokenVerdict)> done) {
  const auto examined = examine(token, now);
  if (more_keys_ && examined.unknown_kid) {
    const auto again = [this, token = std::string(token), now, done] { done(check(token, now)); };
    if (more_keys_(*examined.unknown_kid, again)) return;
  }
  done(examined.verdict);
}

ports::TokenVerdict JwtVerifier::check(std::string_view token, base::WallTime now) const {
  return examine(token, now).verdict;
}

JwtVerifier::Examined JwtVerifier::examine(std::string_view token, base::WallTime now) const {
  const auto refused = [](TokenRefusal refusal) { return Examined{Unexpected{std::move(refusal)}, {}}; };
  const auto jws = CompactJws::parse(token, options_.algorithms);
  if (!jws) return refused(jws.error());
  const JsonPtr claims = parse_object(jws->payload, NulEscapes::kAccept);
  if (!claims) {
    return refused({TokenError::kMalformed, "the claims are not a JSON object that names each member once"});
  }

  const bool by_secret = traits(jws->algorithm).key_kind == KeyKind::kSecret;
  const auto candidates = by_secret ? candidates_among(secrets_) : candidates_among(key_set_, *jws);
  if (!candidates) {
    Examined unknown = refused(candidates.error());
    // Clients come back with old tokens long after their key has gone: nobody is asked for those.
    if (!by_secret && check_claims(*claims, options_, now)) unknown.unknown_kid = jws->kid;
    return unknown;
  }
  const bool good = std::any_of(candidates->begin(), candidates->end(),
                                [&](const VerificationKey* key) { return signature_is_good(*jws, *key); });
  if (!good) return refused({TokenError::kSignature, "the signature is wrong for every key that fits"});

  return {check_claims(*claims, options_, now), {}};
}

}  // namespace zvonok::auth
