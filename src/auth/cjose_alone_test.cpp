// Why our checks before cjose exist: each test first shows that cjose alone accepts the token, then that we
// refuse it.
//
// The first half fails when a later cjose becomes stricter, which is good news: the comment there may then
// go. The second half fails when our check goes.
#include <cjose/cjose.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace testing;

bool verifies(const JwkPtr& jwk, std::string_view token) {
  const JwsPtr jws(cjose_jws_import(token.data(), token.size(), nullptr));
  const bool good = jwk && jws && cjose_jws_verify(jws.get(), jwk.get(), nullptr);
  ERR_clear_error();
  return good;
}

bool cjose_accepts(std::string_view token) {
  return verifies(JwkPtr(cjose_jwk_create_oct_spec(reinterpret_cast<const std::uint8_t*>(kSecret.data()),
                                                   kSecret.size(), nullptr)),
                  token);
}

bool cjose_accepts(std::string_view token, std::string_view jwk) {
  return verifies(JwkPtr(cjose_jwk_import(jwk.data(), jwk.size(), nullptr)), token);
}

std::string ours(std::string_view token) {
  return outcome(verifier(all_algorithms()).check(token, kNow));
}

std::string ours(std::string_view token, const std::string& jwk) {
  return outcome(JwtVerifier(all_algorithms(), keys("", jwks({jwk}))).check(token, kNow));
}

TEST(CjoseAlone, AgreesWithUsOnPlainTokens) {
  // The control: were the helper unable to accept or to refuse anything, the tests below would prove nothing.
  EXPECT_TRUE(cjose_accepts(with_claims(kClaims)));
  EXPECT_EQ(ours(with_claims(kClaims)), "user alice");
  EXPECT_FALSE(cjose_accepts(hs256(R"({"alg":"HS256"})", kClaims, "another secret")));
  EXPECT_TRUE(cjose_accepts(rsa_key().token("RS256"), rsa_key().jwk()));
  EXPECT_FALSE(cjose_accepts(other_rsa_key().token("RS256"), rsa_key().jwk()));
}

TEST(CjoseAlone, AcceptsAnUnknownCrit) {
  // Proves the check of `crit`: the maker of the token says "do not accept it unless you know exp-policy".
  const std::string token = with_header(R"({"alg":"HS256","crit":["exp-policy"],"exp-policy":1})");
  EXPECT_TRUE(cjose_accepts(token));
  EXPECT_EQ(ours(token), "header");
}

TEST(CjoseAlone, AcceptsB64False) {
  // Proves the check of `b64` (RFC 7797): the maker signed something else than what a reader without b64
  // takes for signed.
  const std::string token = with_header(R"({"alg":"HS256","b64":false})");
  EXPECT_TRUE(cjose_accepts(token));
  EXPECT_EQ(ours(token), "header");
}

TEST(CjoseAlone, AcceptsADoubledAlg) {
  // Proves JSON_REJECT_DUPLICATES for the header: a proxy that reads the first would see another algorithm
  // than we do.
  const std::string token = with_header(R"({"alg":"none","alg":"HS256"})");
  EXPECT_TRUE(cjose_accepts(token));
  EXPECT_EQ(ours(token), "malformed");
}

TEST(CjoseAlone, AcceptsADoubledUserId) {
  // Proves JSON_REJECT_DUPLICATES for the claims: cjose does not read them at all.
  const std::string token = with_claims(R"({"userId":"alice","userId":"admin"})");
  EXPECT_TRUE(cjose_accepts(token));
  EXPECT_EQ(ours(token), "malformed");
}

TEST(CjoseAlone, AcceptsStrayBitsAtTheEndOfTheSignature) {
  // Proves the canonical decoder: 32 bytes leave two unused bits in the 43rd character, so three more texts
  // verify.
  const std::string token = with_claims(kClaims);
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const std::size_t stray : {1, 2, 3}) {
    std::string other = token;
    other.back() = alphabet[alphabet.find(token.back()) + stray];
    EXPECT_TRUE(cjose_accepts(other));
    EXPECT_EQ(ours(other), "malformed");
  }
}

TEST(CjoseAlone, AcceptsStrayBitsInHeaderAndClaims) {
  // Proves that the first two parts are decoded as strictly: here the signature is over the odd text itself.
  const std::string header = base64url_encode(R"({"alg":"HS256"} )");  // 16 bytes end in "..IA"
  ASSERT_EQ(header.substr(header.size() - 2), "IA");
  const std::string odd_header = header.substr(0, header.size() - 1) + "B";
  const std::string odd_claims = base64url_encode(R"({"userId":"b"}  )").substr(0, 21) + "B";
  for (const std::string& token :
       {hs256_over(odd_header + "." + base64url_encode(kClaims)), hs256_over(header + "." + odd_claims)}) {
    EXPECT_TRUE(cjose_accepts(token)) << token;
    EXPECT_EQ(ours(token), "malformed") << token;
  }
}

TEST(CjoseAlone, AcceptsPadding) {
  // Proves that the decoder has no '=' (RFC 7515 section 2 leaves padding out).
  const std::string token = with_claims(kClaims) + "=";
  EXPECT_TRUE(cjose_accepts(token));
  EXPECT_EQ(ours(token), "malformed");
}

TEST(CjoseAlone, AcceptsAnyCurveForAnyEcAlgorithm) {
  // Proves that a key's curve must be the algorithm's (RFC 7518 section 3.4), and the due length of the
  // signature.
  const struct {
    const char* curve;
    const char* algorithm;
  } cases[] = {{"P-384", "ES256"}, {"P-521", "ES256"}, {"P-256", "ES384"},
               {"P-521", "ES384"}, {"P-256", "ES512"}, {"P-384", "ES512"}};
  for (const auto& [curve, algorithm] : cases) {
    const KeyPair key = KeyPair::ec(curve);
    const std::string token = key.token(algorithm);
    EXPECT_TRUE(cjose_accepts(token, key.jwk())) << curve << algorithm;
    EXPECT_EQ(ours(token, key.jwk()), "unknown key") << curve << algorithm;
  }
}

TEST(CjoseAlone, AcceptsRsaKeysOf512Bits) {
  // Proves the least size: a key of 512 bits is factored in an afternoon.
  const KeyPair key = KeyPair::rsa(512);
  const std::string token = key.token("RS256");
  EXPECT_TRUE(cjose_accepts(token, key.jwk()));
  EXPECT_EQ(ours(token, key.jwk()), "unknown key");
}

TEST(CjoseAlone, AcceptsKeysWhoseJwkForbidsIt) {
  // Proves the checks of the JWK's alg, use and key_ops (RFC 7517 sections 4.2 to 4.4).
  const std::string token = rsa_key().token("RS256");
  for (const char* forbids :
       {R"(,"alg":"PS256")", R"(,"use":"enc")", R"(,"key_ops":["encrypt"])", R"(,"key_ops":["sign"])"}) {
    const std::string jwk = rsa_key().jwk(forbids);
    EXPECT_TRUE(cjose_accepts(token, jwk)) << forbids;
    EXPECT_EQ(ours(token, jwk), "unknown key") << forbids;
  }
}

TEST(CjoseAlone, AcceptsAnEcSignatureOfTheWrongLength) {
  // Proves the due length: R and S with a zero byte before each are the same numbers, so one signature has
  // many forms.
  const KeyPair key = KeyPair::ec("P-256");
  const std::string token = key.token("ES256");
  const std::string input = token.substr(0, token.rfind('.'));
  const std::string pair = *base64url_decode(token.substr(input.size() + 1));
  const std::string zero(1, '\0');
  const std::string longer =
      input + "." + base64url_encode(zero + pair.substr(0, 32) + zero + pair.substr(32));
  EXPECT_TRUE(cjose_accepts(longer, key.jwk()));
  EXPECT_EQ(ours(longer, key.jwk()), "signature");
  EXPECT_EQ(ours(token, key.jwk()), "user alice");
}

TEST(CjoseAlone, LeavesItsErrorsInOpenSslsQueue) {
  // Proves ERR_clear_error(): on the loop's thread the next TLS operation of somebody else would find them.
  const std::string token = other_rsa_key().token("RS256");
  const std::string jwk = rsa_key().jwk();
  const JwkPtr key(cjose_jwk_import(jwk.data(), jwk.size(), nullptr));
  const JwsPtr jws(cjose_jws_import(token.data(), token.size(), nullptr));
  ERR_clear_error();
  EXPECT_FALSE(cjose_jws_verify(jws.get(), key.get(), nullptr));
  EXPECT_NE(ERR_peek_error(), 0U);
  ERR_clear_error();

  EXPECT_EQ(ours(token, jwk), "signature");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace zvonok::auth
