#include "auth/key_set.hpp"

#include <cjose/jwk.h>
#include <jansson.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <bit>

#include "auth/base64url.hpp"
#include "auth/strict_json.hpp"

namespace zvonok::auth {
namespace {

using base::Unexpected;
using Skipped = std::string;  // why

// RFC 7518 section 3.3 asks for 2,048 bits at least. More than 8,192 nobody uses, and a check would take
// milliseconds of the one event loop.
constexpr std::size_t kRsaBitsMin = 2048;
constexpr std::size_t kRsaBitsMax = 8192;

// Providers have two to twenty. Each costs time when the set is read, and those that share a `kid` with each
// token.
constexpr std::size_t kKeysMax = 64;
constexpr std::ptrdiff_t kKeysOfOneKidMax = 4;  // one for each algorithm, or old and new during a change

struct Curve {
  std::string_view name;
  KeyKind kind;
  cjose_jwk_ec_curve cjose;
  std::size_t coordinate_bytes;
};
constexpr std::array<Curve, 3> kCurves{{{"P-256", KeyKind::kP256, CJOSE_JWK_EC_P_256, 32},
                                        {"P-384", KeyKind::kP384, CJOSE_JWK_EC_P_384, 48},
                                        {"P-521", KeyKind::kP521, CJOSE_JWK_EC_P_521, 66}}};

bool is_text(const json_t* value, std::string_view expected) {
  return string_of(value) == expected;
}

/// Every member that only a secret or private key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4; RFC 8037
/// section 2).
bool holds_secret(const json_t& entry) {
  constexpr std::array<const char*, 8> kSecretMembers{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
  return is_text(member(entry, "kty"), "oct") ||
         std::any_of(kSecretMembers.begin(), kSecretMembers.end(),
                     [&](const char* name) { return member(entry, name) != nullptr; });
}

std::optional<std::string> bytes_of(const json_t& entry, const char* name) {
  const auto text = string_of(member(entry, name));
  return text ? base64url_decode(*text) : std::nullopt;
}

std::uint8_t* mutable_bytes(std::string& bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}

/// The number without zero bytes before it, which some issuers write (Java's BigInteger has one for the
/// sign).
std::string without_leading_zeros(std::string number) {
  number.erase(0, std::min(number.find_first_not_of('\0'), number.size()));
  return number;
}

/// Is it for checking signatures, as far as it says? cjose looks at none of these members.
std::optional<Skipped> wrong_purpose(const json_t& entry) {
  const json_t* use = member(entry, "use");
  if (use != nullptr && !is_text(use, "sig")) return "its use is " + shown(use);
  const json_t* operations = member(entry, "key_ops");
  if (operations == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < json_array_size(operations); ++i) {
    if (is_text(json_array_get(operations, i), "verify")) return std::nullopt;
  }
  return "its key_ops " + shown(operations) + " do not hold \"verify\"";
}

base::Result<VerificationKey, Skipped> read_rsa(const json_t& entry) {
  auto n = bytes_of(entry, "n");
  auto e = bytes_of(entry, "e");
  if (!n || !e) return Unexpected{Skipped("its n or e is missing or is not base64url without padding")};
  *n = without_leading_zeros(std::move(*n));
  *e = without_leading_zeros(std::move(*e));
  const std::size_t bits =
      n->empty()
          ? 0
          : n->size() * 8 - static_cast<std::size_t>(std::countl_zero(static_cast<std::uint8_t>(n->front())));
  if (bits < kRsaBitsMin || bits > kRsaBitsMax) {
    return Unexpected{"its modulus has " + std::to_string(bits) + " bits, not " +
                      std::to_string(kRsaBitsMin) + " to " + std::to_string(kRsaBitsMax)};
  }
  // With an exponent of 1 every message is its own signature; an even one is not RSA at all.
  const bool odd = !e->empty() && (e->back() & 1) != 0;
  if (!odd || *e == "\x01" || e->size() > 4)
    return Unexpected{Skipped("its exponent is not odd, from 3 and of at most 32 bits")};

  cjose_jwk_rsa_keyspec spec{};
  spec.n = mutable_bytes(*n);
  spec.nlen = n->size();
  spec.e = mutable_bytes(*e);
  spec.elen = e->size();
  VerificationKey key;
  key.kind = KeyKind::kRsa;
  key.modulus_bytes = n->size();
  key.jwk.reset(cjose_jwk_create_RSA_spec(&spec, nullptr));
  if (!key.jwk) return Unexpected{Skipped("it is not an RSA key")};
  return key;
}

base::Result<VerificationKey, Skipped> read_ec(const json_t& entry) {
  const json_t* name = member(entry, "crv");
  const auto curve = std::find_if(kCurves.begin(), kCurves.end(),
                                  [&](const Curve& known) { return is_text(name, known.name); });
  if (curve == kCurves.end())
    return Unexpected{"its curve is " + shown(name) + ", not P-256, P-384 or P-521"};
  auto x = bytes_of(entry, "x");
  auto y = bytes_of(entry, "y");
  if (!x || !y || x->size() != curve->coordinate_bytes || y->size() != curve->coordinate_bytes) {
    return Unexpected{"its x and y are not base64url of " + std::to_string(curve->coordinate_bytes) +
                      " bytes each"};
  }

  cjose_jwk_ec_keyspec spec{};
  spec.crv = curve->cjose;
  spec.x = mutable_bytes(*x);
  spec.xlen = x->size();
  spec.y = mutable_bytes(*y);
  spec.ylen = y->size();
  VerificationKey key;
  key.kind = curve->kind;
  key.jwk.reset(cjose_jwk_create_EC_spec(&spec, nullptr));
  if (!key.jwk) return Unexpected{Skipped("its point is not on its curve")};
  return key;
}

base::Result<VerificationKey, Skipped> read_key(const json_t* entry) {
  if (!json_is_object(entry)) return Unexpected{Skipped("it is not an object")};
  if (auto purpose = wrong_purpose(*entry)) return Unexpected{*purpose};
  const json_t* kid = member(*entry, "kid");
  if (kid != nullptr && !json_is_string(kid)) return Unexpected{Skipped("its kid is not a string")};

  const json_t* kty = member(*entry, "kty");
  const bool rsa = is_text(kty, "RSA");
  if (!rsa && !is_text(kty, "EC")) return Unexpected{"its kty is " + shown(kty) + ", not RSA or EC"};
  auto key = rsa ? read_rsa(*entry) : read_ec(*entry);
  ERR_clear_error();  // signature.cpp says why
  if (!key) return key;

  if (kid != nullptr) key->kid = *string_of(kid);
  if (const json_t* name = member(*entry, "alg")) {
    const auto algorithm = parse_algorithm(string_of(name).value_or(""));
    if (!algorithm || !key->fits(*algorithm))
      return Unexpected{"its alg " + shown(name) + " is not one for such a key"};
    key->only_algorithm = *algorithm;
  }
  return key;
}

}  // namespace

base::Result<KeySet, std::string> KeySet::parse_jwks(std::string_view text,
                                                     std::vector<std::string>& warnings) {
  const JsonPtr document = parse_object(text, NulEscapes::kRefuse);
  if (!document) return Unexpected{std::string("not a JSON object that names each member once")};
  const json_t* entries = member(*document, "keys");
  if (!json_is_array(entries)) return Unexpected{std::string("not a JWK set: it has no list \"keys\"")};

  if (json_array_size(entries) > kKeysMax) {
    return Unexpected{"a JWK set of " + std::to_string(json_array_size(entries)) + " keys, more than " +
                      std::to_string(kKeysMax)};
  }

  KeySet set;
  for (std::size_t i = 0; i < json_array_size(entries); ++i) {
    const json_t* entry = json_array_get(entries, i);
    const json_t* kid = json_object_get(entry, "kid");
    const std::string name =
        "key " + std::to_string(i + 1) + (kid != nullptr ? " (kid " + shown(kid) + ")" : "");
    if (json_is_object(entry) && holds_secret(*entry)) {
      return Unexpected{name + " is a secret or private key: a JWK set for checking holds public keys only"};
    }
    auto key = read_key(entry);
    if (key && key->kid &&
        std::ranges::count(set.keys_, key->kid, &VerificationKey::kid) >= kKeysOfOneKidMax) {
      warnings.push_back("JWKS: " + name + " is skipped: " + std::to_string(kKeysOfOneKidMax) +
                         " others have its kid");
    } else if (key) {
      set.keys_.push_back(std::move(key).value());
    } else {
      warnings.push_back("JWKS: " + name + " is skipped: " + key.error());
    }
  }
  return set;
}

base::Result<KeySet, std::string> read_key_set(const std::string& text, std::vector<std::string>& skipped) {
  auto set = KeySet::parse_jwks(text, skipped);
  if (!set || !set->keys().empty()) return set;
  return Unexpected{"it has no key that we can use" +
                    (skipped.empty() ? std::string() : ": " + skipped.front())};
}

}  // namespace zvonok::auth
