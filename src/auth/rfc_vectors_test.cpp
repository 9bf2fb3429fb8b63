// The examples of the standards, as far as they concern us. None of the tokens has a userId, so the signature
// is asked for alone where there is a good one, and the whole verifier answers where there is none.
#include <gtest/gtest.h>

#include "auth/compact_jws.hpp"
#include "auth/signature.hpp"
#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace testing;

// RFC 7515 appendix A.1
constexpr std::string_view kHs256Token =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kHs256Key =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

// RFC 7515 appendix A.2
constexpr std::string_view kRs256Token =
    "eyJhbGciOiJSUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgG"
    "Y9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view kRs256Jwk =
    R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})";

// RFC 7515 appendix A.3
constexpr std::string_view kEs256Token =
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
constexpr std::string_view kEs256Jwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

// RFC 7515 appendix A.4: its payload is the word Payload, so only the signature can be checked.
constexpr std::string_view kEs512Token =
    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA"
    ".AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_"
    "7XdtAG8GaSwFKdCAPZgo"
    "XD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
constexpr std::string_view kEs512Jwk =
    R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})";

bool is_signed_by(std::string_view token, const VerificationKey& key) {
  const auto jws = CompactJws::parse(token, all_algorithms().algorithms);
  return jws && signature_is_good(*jws, key);
}

bool is_signed_by_jwk(std::string_view token, std::string_view jwk) {
  const JwtKeys parsed = keys("", jwks({std::string(jwk)}));
  return parsed.key_set.keys().size() == 1 && is_signed_by(token, parsed.key_set.keys().front());
}

/// The same token with one bit of its signature's first byte turned.
std::string with_a_bad_signature(std::string_view token) {
  const std::size_t start = token.rfind('.') + 1;
  std::string signature = *base64url_decode(token.substr(start));
  signature[0] = static_cast<char>(signature[0] ^ 1);
  return std::string(token.substr(0, start)) + base64url_encode(signature);
}

TEST(Rfc7515, AppendixA1VerifiesWithHs256) {
  const VerificationKey key = key_of_secret(*base64url_decode(kHs256Key));
  EXPECT_TRUE(is_signed_by(kHs256Token, key));
  EXPECT_FALSE(is_signed_by(with_a_bad_signature(kHs256Token), key));
}

TEST(Rfc7515, AppendixA2VerifiesWithRs256) {
  EXPECT_TRUE(is_signed_by_jwk(kRs256Token, kRs256Jwk));
  EXPECT_FALSE(is_signed_by_jwk(with_a_bad_signature(kRs256Token), kRs256Jwk));
}

TEST(Rfc7515, AppendixA3VerifiesWithEs256) {
  EXPECT_TRUE(is_signed_by_jwk(kEs256Token, kEs256Jwk));
  EXPECT_FALSE(is_signed_by_jwk(with_a_bad_signature(kEs256Token), kEs256Jwk));
}

TEST(Rfc7515, AppendixA4VerifiesWithEs512) {
  EXPECT_TRUE(is_signed_by_jwk(kEs512Token, kEs512Jwk));
  EXPECT_FALSE(is_signed_by_jwk(with_a_bad_signature(kEs512Token), kEs512Jwk));
}

TEST(Rfc7515, AppendixAExamplesAreJudgedByTheirClaimsOnceTheirSignatureIsGood) {
  const std::string set = jwks({std::string(kRs256Jwk), std::string(kEs256Jwk), std::string(kEs512Jwk)});
  const JwtVerifier verifier(all_algorithms(), keys(*base64url_decode(kHs256Key), set));
  const base::WallTime before_exp{base::seconds(1'300'819'379)};
  const base::WallTime at_exp{base::seconds(1'300'819'380)};
  for (const std::string_view token : {kHs256Token, kRs256Token, kEs256Token}) {
    EXPECT_EQ(outcome(verifier.check(token, before_exp)), "user id") << token;
    EXPECT_EQ(outcome(verifier.check(token, at_exp)), "expired") << token;
  }
  EXPECT_EQ(outcome(verifier.check(kEs512Token, before_exp)), "malformed");
}

TEST(Rfc7515, AppendixA5AndRfc7519Section6AreUnsecuredAndRefused) {
  constexpr std::string_view kUnsecured =
      "eyJhbGciOiJub25lIn0"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
      ".";
  EXPECT_EQ(outcome(verifier(all_algorithms()).check(kUnsecured, kNow)), "algorithm");
}

TEST(Rfc7515, AppendixA6JsonSerializationIsNoToken) {
  constexpr std::string_view kJson = R"({"payload":"eyJ1c2VySWQiOiJhbGljZSJ9","signatures":[]})";
  EXPECT_EQ(outcome(verifier().check(kJson, kNow)), "malformed");
}

TEST(Rfc7515, AppendixECritIsRefused) {
  constexpr std::string_view kHeader =
      "{\"alg\":\"none\",\r\n \"crit\":[\"http://example.invalid/UNDEFINED\"],\r\n "
      "\"http://example.invalid/UNDEFINED\":true\r\n}";
  EXPECT_EQ(outcome(verifier().check(base64url_encode(kHeader) + ".RkFJTA.", kNow)), "header");
}

TEST(Rfc7519, EncryptedTokensOfFivePartsAreRefused) {
  EXPECT_EQ(outcome(verifier().check("eyJhbGciOiJIUzI1NiJ9.e30.e30.e30.e30", kNow)), "malformed");
}

TEST(Rfc7519, ClaimsAndHeaderMembersThatNobodyKnowsAreIgnored) {
  const std::string token =
      hs256(R"({"typ":"at+jwt","cty":"x","alg":"HS256","x5t":"AA","custom":[1]})",
            R"({"userId":"alice","sub":7,"jti":null,"roles":["a"],"nested":{"userId":"b"}})");
  EXPECT_EQ(outcome(verifier().check(token, kNow)), "user alice");
}

TEST(Rfc7518, ShortSecretsMakeTheSameSignaturesAsEverywhere) {
  // Goal: filling a secret up to a block changes nothing. Method: OpenSSL's HMAC with the bare secret, around
  // every border.
  for (const std::size_t bytes : {1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000}) {
    const std::string secret(bytes, 'k');
    const JwtVerifier verifier(JwtOptions{}, keys(secret));
    EXPECT_EQ(outcome(verifier.check(hs256(R"({"alg":"HS256"})", kClaims, secret), kNow)), "user alice")
        << bytes;
    const std::string input = signing_input(R"({"alg":"HS384"})", kClaims);
    EXPECT_EQ(
        outcome(verifier.check(input + "." + base64url_encode(hmac(EVP_sha384(), secret, input)), kNow)),
        "user alice")
        << bytes;
    const std::string input512 = signing_input(R"({"alg":"HS512"})", kClaims);
    EXPECT_EQ(outcome(verifier.check(input512 + "." + base64url_encode(hmac(EVP_sha512(), secret, input512)),
                                     kNow)),
              "user alice")
        << bytes;
  }
}

TEST(Rfc8725, Section21APublicKeyIsNeverAnHmacSecret) {
  // Goal: the classic confusion of algorithms fails. Method: sign HS256 with everything that an attacker
  // knows of the key.
  const std::string jwk = rsa_key().jwk(R"(,"kid":"k1")");
  const JwtVerifier with_secret(all_algorithms(), keys(kSecret, jwks({jwk})));
  const JwtVerifier without_secret(all_algorithms(), keys("", jwks({jwk})));
  const std::string modulus = *base64url_decode(jwk.substr(jwk.find("\"n\":\"") + 5, 342));
  for (const std::string& guess : {jwk, jwks({jwk}), modulus}) {
    const std::string token = hs256(R"({"alg":"HS256","kid":"k1"})", kClaims, guess);
    EXPECT_EQ(outcome(with_secret.check(token, kNow)), "signature");
    EXPECT_EQ(outcome(without_secret.check(token, kNow)), "unknown key");
  }
}

TEST(Rfc8725, Section31OnlyConfiguredAlgorithmsAreTaken) {
  JwtOptions only_hs512;
  only_hs512.algorithms = {Algorithm::kHs512};
  EXPECT_EQ(outcome(verifier(only_hs512).check(with_claims(kClaims), kNow)), "algorithm");
  const JwtVerifier by_default(JwtOptions{}, keys(kSecret, jwks({rsa_key().jwk()})));
  EXPECT_EQ(outcome(by_default.check(rsa_key().token("RS256"), kNow)), "algorithm");
}

TEST(Rfc8725, Section310KeysFromTheHeaderAreNotLookedAt) {
  // The attacker's own key in the header, and places to fetch it from: refused for want of a configured key.
  const std::string jwk = other_rsa_key().jwk();
  const JwtVerifier verifier(all_algorithms(), keys("", jwks({rsa_key().jwk()})));
  for (const std::string& bait :
       {R"(,"jwk":)" + jwk, std::string(R"(,"jku":"http://127.0.0.1:1/jwks")"),
        std::string(R"(,"x5u":"file:///etc/passwd")"), std::string(R"(,"x5c":["MIIB"])")}) {
    EXPECT_EQ(outcome(verifier.check(other_rsa_key().token("RS256", kClaims, bait), kNow)), "signature")
        << bait;
    EXPECT_EQ(outcome(verifier.check(rsa_key().token("RS256", kClaims, bait), kNow)), "user alice") << bait;
  }
}

}  // namespace
}  // namespace zvonok::auth
