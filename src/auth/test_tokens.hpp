// Keys and tokens for tests, made with OpenSSL alone: what cjose and our code agree on wrongly must not pass
// here.
//
// Tokens are made from the *texts* of header and claims, since a JSON library would tidy away what the tests
// are about.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "auth/algorithm.hpp"
#include "auth/base64url.hpp"
#include "auth/jwt_options.hpp"
#include "auth/jwt_verifier.hpp"

namespace zvonok::auth::testing {

inline constexpr std::string_view kSecret = "correct horse battery staple, and more";
inline constexpr std::string_view kClaims = R"({"userId":"alice"})";

/// The tests' present: 2023-11-14, 22:13:20 UTC.
inline constexpr base::WallTime kNow{base::seconds(1'700'000'000)};

inline void require(bool condition) {
  if (!condition) throw std::runtime_error("OpenSSL failed in a test's preparations");
}

inline std::string hmac(const EVP_MD* hash, std::string_view secret, std::string_view text) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  require(HMAC(hash, secret.data(), static_cast<int>(secret.size()),
               reinterpret_cast<const unsigned char*>(text.data()), text.size(),
               reinterpret_cast<unsigned char*>(mac.data()), &size) != nullptr);
  mac.resize(size);
  return mac;
}

/// What is signed (RFC 7515 section 5.1).
inline std::string signing_input(std::string_view header, std::string_view claims) {
  return base64url_encode(header) + "." + base64url_encode(claims);
}

/// Signs exactly these two parts, whatever they are.
inline std::string hs256_over(std::string_view input, std::string_view secret = kSecret) {
  return std::string(input) + "." + base64url_encode(hmac(EVP_sha256(), secret, input));
}

inline std::string hs256(std::string_view header, std::string_view claims,
                         std::string_view secret = kSecret) {
  return hs256_over(signing_input(header, claims), secret);
}

/// A token whose only interesting part is its claims.
inline std::string with_claims(std::string_view claims) {
  return hs256(R"({"alg":"HS256"})", claims);
}
/// A token whose only interesting part is its header.
inline std::string with_header(std::string_view header) {
  return hs256(header, kClaims);
}

/// A key pair of OpenSSL, its public half as a JWK and signatures as JOSE wants them.
class KeyPair {
 public:
  static KeyPair rsa(unsigned bits = 2048) { return KeyPair(EVP_RSA_gen(bits)); }
  static KeyPair ec(const char* curve) { return KeyPair(EVP_EC_gen(curve)); }

  /// `extra`: further members as text, such as `,"kid":"k1"`.
  std::string jwk(std::string_view extra = "") const {
    if (EVP_PKEY_is_a(key_.get(), "RSA")) {
      return R"({"kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
             number(OSSL_PKEY_PARAM_RSA_E) + "\"" + std::string(extra) + "}";
    }
    return R"({"kty":"EC","crv":")" + std::string(curve_name()) + R"(","x":")" +
           number(OSSL_PKEY_PARAM_EC_PUB_X, coordinate_bytes()) + R"(","y":")" +
           number(OSSL_PKEY_PARAM_EC_PUB_Y, coordinate_bytes()) + "\"" + std::string(extra) + "}";
  }

  /// The private number, for key sets that should not hold it.
  std::string private_member() const {
    return number(EVP_PKEY_is_a(key_.get(), "RSA") ? OSSL_PKEY_PARAM_RSA_D : OSSL_PKEY_PARAM_PRIV_KEY);
  }

  /// Signed as the algorithm named says; the key need not be one that may be used for it.
  std::string token(std::string_view algorithm, std::string_view claims = kClaims,
                    std::string_view more_header = "") const {
    const std::string header = R"({"alg":")" + std::string(algorithm) + "\"" + std::string(more_header) + "}";
    const std::string input = signing_input(header, claims);
    return input + "." + base64url_encode(signature(algorithm, input));
  }

 private:
  struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
    void operator()(BIGNUM* number) const { BN_free(number); }
  };

  explicit KeyPair(EVP_PKEY* key) : key_(key) { require(key != nullptr); }

  std::size_t coordinate_bytes() const {
    return (static_cast<std::size_t>(EVP_PKEY_get_bits(key_.get())) + 7) / 8;
  }

  std::string_view curve_name() const {
    std::array<char, 32> name{};
    require(EVP_PKEY_get_group_name(key_.get(), name.data(), name.size(), nullptr) == 1);
    const std::string_view openssl_name(name.data());
    if (openssl_name == "prime256v1") return "P-256";
    if (openssl_name == "secp384r1") return "P-384";
    return openssl_name == "secp521r1" ? "P-521" : "secp256k1";
  }

  std::string number(const char* parameter, std::size_t bytes_min = 1) const {
    BIGNUM* raw = nullptr;
    require(EVP_PKEY_get_bn_param(key_.get(), parameter, &raw) == 1);
    const std::unique_ptr<BIGNUM, Deleter> owner(raw);
    return base64url_encode(padded(raw, bytes_min));
  }

  static std::string padded(const BIGNUM* number, std::size_t bytes_min) {
    std::string bytes(std::max(bytes_min, static_cast<std::size_t>(BN_num_bytes(number))), '\0');
    require(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                         static_cast<int>(bytes.size())) >= 0);
    return bytes;
  }

  std::string signature(std::string_view algorithm, std::string_view input) const {
    const EVP_MD* hash = algorithm.ends_with("256")   ? EVP_sha256()
                         : algorithm.ends_with("384") ? EVP_sha384()
                                                      : EVP_sha512();
    const std::unique_ptr<EVP_MD_CTX, Deleter> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    require(EVP_DigestSignInit(context.get(), &parameters, hash, nullptr, key_.get()) == 1);
    if (algorithm.starts_with("PS")) {
      require(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    const auto* text = reinterpret_cast<const unsigned char*>(input.data());
    std::size_t size = 0;
    require(EVP_DigestSign(context.get(), nullptr, &size, text, input.size()) == 1);
    std::string bytes(size, '\0');
    require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size, text,
                           input.size()) == 1);
    bytes.resize(size);
    return EVP_PKEY_is_a(key_.get(), "EC") ? fixed_form(bytes) : bytes;
  }

  /// R and S one after the other (RFC 7518 section 3.4) instead of ASN.1.
  std::string fixed_form(const std::string& der) const {
    const auto* position = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, Deleter> pair(
        d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
    require(pair != nullptr);
    return padded(ECDSA_SIG_get0_r(pair.get()), coordinate_bytes()) +
           padded(ECDSA_SIG_get0_s(pair.get()), coordinate_bytes());
  }

  std::unique_ptr<EVP_PKEY, Deleter> key_;
};

/// Made once: a new RSA key takes a good part of a second.
inline const KeyPair& rsa_key() {
  static const KeyPair kKey = KeyPair::rsa();
  return kKey;
}
inline const KeyPair& other_rsa_key() {
  static const KeyPair kKey = KeyPair::rsa();
  return kKey;
}

inline std::string jwks(std::initializer_list<std::string> keys) {
  std::string text = R"({"keys":[)";
  for (const std::string& key : keys) text += (text.back() == '[' ? "" : ",") + key;
  return text + "]}";
}

inline JwtOptions all_algorithms() {
  JwtOptions options;
  options.algorithms.clear();
  for (const AlgorithmTraits& known : kAlgorithms) options.algorithms.push_back(known.algorithm);
  return options;
}

inline JwtKeys keys(std::string_view secret, std::string_view jwks_text = R"({"keys":[]})") {
  std::vector<std::string> warnings;
  auto set = KeySet::parse_jwks(jwks_text, warnings);
  if (!set) throw std::runtime_error("not a key set: " + set.error());
  return JwtKeys{.secret = base::Redacted(std::string(secret)),
                 .previous_secret = {},
                 .key_set = std::move(set).value()};
}

inline JwtVerifier verifier(JwtOptions options = {}) {
  return JwtVerifier(std::move(options), keys(kSecret));
}

inline std::string_view name_of(ports::TokenError error) {
  switch (error) {
    case ports::TokenError::kMissing:
      return "missing";
    case ports::TokenError::kTooLong:
      return "too long";
    case ports::TokenError::kMalformed:
      return "malformed";
    case ports::TokenError::kAlgorithm:
      return "algorithm";
    case ports::TokenError::kHeader:
      return "header";
    case ports::TokenError::kUnknownKey:
      return "unknown key";
    case ports::TokenError::kSignature:
      return "signature";
    case ports::TokenError::kExpired:
      return "expired";
    case ports::TokenError::kNotYetValid:
      return "not yet valid";
    case ports::TokenError::kIssuer:
      return "issuer";
    case ports::TokenError::kAudience:
      return "audience";
    case ports::TokenError::kClaims:
      return "claims";
    case ports::TokenError::kUserId:
      return "user id";
    case ports::TokenError::kRevoked:
      return "revoked";
  }
  return "?";
}

/// "user alice", "user 42 (number)" or the name of the error: what a failed expectation should print.
inline std::string outcome(const ports::TokenVerdict& verdict) {
  if (!verdict) return std::string(name_of(verdict.error().error));
  return "user " + verdict->user + (verdict->form == ports::IdForm::kInteger ? " (number)" : "");
}

}  // namespace zvonok::auth::testing
