#include "auth/key_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Parsed {
  base::Result<KeySet, std::string> set;
  std::vector<std::string> warnings;

  std::size_t size() const { return set.value().keys().size(); }
};

Parsed parse(std::string_view text) {
  std::vector<std::string> warnings;
  auto set = KeySet::parse_jwks(text, warnings);
  return Parsed{std::move(set), std::move(warnings)};
}

/// The warning that a set of this one key causes.
std::string why_skipped(const std::string& jwk) {
  const Parsed parsed = parse(jwks({jwk}));
  if (!parsed.set) return "not a set: " + parsed.set.error();
  if (parsed.size() != 0) return "not skipped";
  return parsed.warnings.size() == 1 ? parsed.warnings.front() : "not one warning";
}

TEST(KeySet, ReadsEveryKindOfKey) {
  const Parsed parsed =
      parse(jwks({rsa_key().jwk(), KeyPair::ec("P-256").jwk(), KeyPair::ec("P-384").jwk(R"(,"kid":"c")"),
                  KeyPair::ec("P-521").jwk(R"(,"alg":"ES512")")}));
  ASSERT_TRUE(parsed.set);
  EXPECT_THAT(parsed.warnings, IsEmpty());
  ASSERT_EQ(parsed.size(), 4U);
  const auto& keys = parsed.set->keys();
  EXPECT_EQ(keys[0].kind, KeyKind::kRsa);
  EXPECT_EQ(keys[0].modulus_bytes, 256U);
  EXPECT_EQ(keys[1].kind, KeyKind::kP256);
  EXPECT_EQ(keys[1].kid, std::nullopt);
  EXPECT_EQ(keys[2].kind, KeyKind::kP384);
  EXPECT_EQ(keys[2].kid, "c");
  EXPECT_EQ(keys[3].kind, KeyKind::kP521);
  EXPECT_EQ(keys[3].only_algorithm, Algorithm::kEs512);
}

TEST(KeySet, MayBeEmpty) {
  const Parsed parsed = parse(R"({"keys":[],"other":1})");
  ASSERT_TRUE(parsed.set);
  EXPECT_EQ(parsed.size(), 0U);
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(KeySet, RefusesWhatIsNotAKeySet) {
  for (const char* text :
       {"", "{}", "[]", "null", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[]} x)",
        R"({"keys":[],"keys":[]})", R"({"keys":[{"kty":"RSA","kty":"EC"}]})", "-----BEGIN PUBLIC KEY-----"}) {
    EXPECT_FALSE(parse(text).set) << text;
  }
  EXPECT_FALSE(parse(rsa_key().jwk()).set);  // a bare key
}

// Thousands would hold up the one event loop: some when the set is read, those of one kid at each token.
TEST(KeySet, HasABoundedNumberOfKeys) {
  const auto of = [](std::size_t count) {
    std::string entries = "0";
    for (std::size_t i = 1; i < count; ++i) entries += ",0";
    std::vector<std::string> warnings;
    return KeySet::parse_jwks(R"({"keys":[)" + entries + "]}", warnings);
  };
  EXPECT_TRUE(of(64));
  ASSERT_FALSE(of(65));
  EXPECT_EQ(of(65).error(), "a JWK set of 65 keys, more than 64");
}

TEST(KeySet, HasABoundedNumberOfKeysOfOneKid) {
  std::string entries;
  for (int i = 0; i < 6; ++i) entries += (i == 0 ? "" : ",") + rsa_key().jwk(R"(,"kid":"same")");
  std::vector<std::string> warnings;
  const auto set = KeySet::parse_jwks(R"({"keys":[)" + entries + "]}", warnings);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->keys().size(), 4U);
  EXPECT_EQ(warnings.size(), 2U);
}

TEST(KeySet, RefusesTheWholeSetForASecretOrPrivateKey) {
  const std::string good = rsa_key().jwk();
  const KeyPair ec = KeyPair::ec("P-256");
  for (const std::string& bad :
       {std::string(R"({"kty":"oct","k":"c2VjcmV0","kid":"s1"})"), std::string(R"({"kty":"oct"})"),
        std::string(R"({"k":"c2VjcmV0"})"), rsa_key().jwk(R"(,"d":")" + rsa_key().private_member() + "\""),
        ec.jwk(R"(,"d":")" + ec.private_member() + "\""), rsa_key().jwk(R"(,"use":"enc","d":"AQ")"),
        rsa_key().jwk(R"(,"p":"AQ")"), rsa_key().jwk(R"(,"oth":[])"),
        std::string(R"({"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"})")}) {
    const Parsed parsed = parse(jwks({good, bad}));
    ASSERT_FALSE(parsed.set) << bad;
    EXPECT_THAT(parsed.set.error(), HasSubstr("key 2")) << bad;
    EXPECT_THAT(parsed.set.error(), HasSubstr("secret or private key")) << bad;
  }
}

TEST(KeySet, SkipsWhatIsNoKeyOfAKindWeKnow) {
  for (const char* entry : {"null", "5", "\"key\"", "[]"})
    EXPECT_THAT(why_skipped(entry), HasSubstr("not an object")) << entry;
  EXPECT_THAT(why_skipped("{}"), HasSubstr("its kty is nothing"));
  EXPECT_THAT(why_skipped(R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"), HasSubstr("its kty is \"OKP\""));
  EXPECT_THAT(why_skipped(R"({"kty":"rsa"})"), HasSubstr("its kty is \"rsa\""));
  EXPECT_THAT(why_skipped(R"({"kty":["RSA"]})"), HasSubstr("its kty is [\"RSA\"]"));
}

TEST(KeySet, SkipsKeysForAnotherPurpose) {
  for (const char* extra : {R"(,"use":"enc")", R"(,"use":"SIG")", R"(,"use":null)", R"(,"use":["sig"])"}) {
    EXPECT_THAT(why_skipped(rsa_key().jwk(extra)), HasSubstr("its use is")) << extra;
  }
  for (const char* extra : {R"(,"key_ops":["sign"])", R"(,"key_ops":[])", R"(,"key_ops":"verify")",
                            R"(,"key_ops":[5,"encrypt"])"}) {
    EXPECT_THAT(why_skipped(rsa_key().jwk(extra)), HasSubstr("its key_ops")) << extra;
  }
  for (const char* extra : {R"(,"alg":"RSA-OAEP")", R"(,"alg":"ES256")", R"(,"alg":"HS256")",
                            R"(,"alg":"rs256")", R"(,"alg":5)", R"(,"alg":null)"}) {
    EXPECT_THAT(why_skipped(rsa_key().jwk(extra)), HasSubstr("its alg")) << extra;
  }
  EXPECT_THAT(why_skipped(KeyPair::ec("P-384").jwk(R"(,"alg":"ES256")")), HasSubstr("its alg \"ES256\""));
  EXPECT_THAT(why_skipped(rsa_key().jwk(R"(,"kid":5)")), HasSubstr("its kid is not a string"));
}

TEST(KeySet, TakesKeysThatSayTheyAreForSignatures) {
  for (const char* extra :
       {R"(,"use":"sig")", R"(,"key_ops":["verify"])", R"(,"key_ops":["sign","verify"])", R"(,"alg":"PS512")",
        R"(,"x5c":["AA"],"x5t":"AA","issuer":"https://id.example/")"}) {
    EXPECT_EQ(why_skipped(rsa_key().jwk(extra)), "not skipped") << extra;
  }
}

TEST(KeySet, SkipsRsaKeysThatAreTooShortTooLongOrBroken) {
  EXPECT_THAT(why_skipped(KeyPair::rsa(1024).jwk()), HasSubstr("1024 bits"));
  const auto of_bytes = [](std::size_t bytes, char first, const char* e = "AQAB") {
    return R"({"kty":"RSA","n":")" + base64url_encode(first + std::string(bytes - 1, '\x01')) + R"(","e":")" +
           e + "\"}";
  };
  EXPECT_THAT(why_skipped(of_bytes(256, '\x7f')), HasSubstr("2047 bits"));
  EXPECT_EQ(why_skipped(of_bytes(256, '\x80')), "not skipped");
  EXPECT_EQ(why_skipped(of_bytes(1024, '\x80')), "not skipped");
  EXPECT_THAT(why_skipped(of_bytes(1025, '\x01')), HasSubstr("8193 bits"));
  EXPECT_THAT(why_skipped(of_bytes(256, '\x80', "AQ")), HasSubstr("exponent"));    // 1
  EXPECT_THAT(why_skipped(of_bytes(256, '\x80', "AA")), HasSubstr("exponent"));    // 0
  EXPECT_THAT(why_skipped(of_bytes(256, '\x80', "AAAB")), HasSubstr("exponent"));  // 1 again
  EXPECT_THAT(why_skipped(of_bytes(256, '\x80', "")), HasSubstr("exponent"));
  EXPECT_THAT(why_skipped(of_bytes(256, '\x80', "BA")), HasSubstr("exponent"));            // 4
  EXPECT_THAT(why_skipped(of_bytes(256, '\x80', "AQEBAQEBAQEB")), HasSubstr("exponent"));  // 72 bits
  EXPECT_EQ(why_skipped(of_bytes(256, '\x80', "Aw")), "not skipped");                      // 3
  EXPECT_THAT(why_skipped(R"({"kty":"RSA","n":"AQAB"})"), HasSubstr("n or e"));
  EXPECT_THAT(why_skipped(R"({"kty":"RSA","n":5,"e":"AQAB"})"), HasSubstr("n or e"));
  EXPECT_THAT(why_skipped(R"({"kty":"RSA","n":"","e":"AQAB"})"), HasSubstr("0 bits"));
  EXPECT_THAT(why_skipped(of_bytes(256, '\x80', "AQAB==")), HasSubstr("n or e"));
}

TEST(KeySet, CountsAModulusWithoutTheZeroBytesBeforeIt) {
  const auto with_zero = [](std::size_t bytes) {
    return R"({"kty":"RSA","e":"AQAB","n":")" +
           base64url_encode(std::string(1, '\0') + std::string(bytes, '\x81')) + "\"}";
  };
  EXPECT_EQ(why_skipped(with_zero(256)), "not skipped");
  EXPECT_THAT(why_skipped(with_zero(255)), HasSubstr("2040 bits"));
}

TEST(KeySet, SkipsEcKeysOfOtherCurvesAndPointsOffTheCurve) {
  EXPECT_THAT(why_skipped(KeyPair::ec("secp256k1").jwk()), HasSubstr("its curve is \"secp256k1\""));
  const auto point = [](const char* curve, const std::string& x, const std::string& y) {
    return R"({"kty":"EC","crv":")" + std::string(curve) + R"(","x":")" + base64url_encode(x) + R"(","y":")" +
           base64url_encode(y) + "\"}";
  };
  EXPECT_THAT(why_skipped(point("P-256", std::string(32, '\1'), std::string(32, '\1'))),
              HasSubstr("not on its curve"));
  EXPECT_THAT(why_skipped(point("P-256", std::string(32, '\0'), std::string(32, '\0'))),
              HasSubstr("not on its curve"));
  EXPECT_THAT(why_skipped(point("P-256", std::string(31, '\1'), std::string(32, '\1'))),
              HasSubstr("32 bytes each"));
  EXPECT_THAT(why_skipped(point("P-384", std::string(32, '\1'), std::string(32, '\1'))),
              HasSubstr("48 bytes each"));
  EXPECT_THAT(why_skipped(point("P-521", std::string(65, '\1'), std::string(66, '\1'))),
              HasSubstr("66 bytes each"));
  EXPECT_THAT(why_skipped(R"({"kty":"EC","crv":"P-256","x":"AA"})"), HasSubstr("32 bytes each"));
  EXPECT_THAT(why_skipped(R"({"kty":"EC"})"), HasSubstr("its curve is nothing"));
}

TEST(KeySet, LeavesNoErrorsInOpenSslsQueue) {
  const std::string off_curve = R"({"kty":"EC","crv":"P-256","x":")" +
                                base64url_encode(std::string(32, '\1')) + R"(","y":")" +
                                base64url_encode(std::string(32, '\1')) + "\"}";
  ERR_clear_error();
  EXPECT_FALSE(parse(jwks({off_curve, R"({"kty":"oct"})"})).set);
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(KeySet, NamesASkippedKeyByPlaceAndKidWithoutRawControlBytes) {
  const Parsed parsed = parse(jwks({rsa_key().jwk(), R"({"kty":"OKP","kid":"a\r\nb"})"}));
  ASSERT_TRUE(parsed.set);
  EXPECT_THAT(parsed.warnings, ElementsAre(HasSubstr(R"(key 2 (kid "a\r\nb") is skipped)")));
}

// Row A03 of the troubles of others: everything at once, as identity providers really publish it.
TEST(KeySet, KeepsTheGoodKeysWhateverStandsBesideThem) {
  const KeyPair& shared = rsa_key();
  const KeyPair& plain = other_rsa_key();
  const KeyPair encryption = KeyPair::rsa();
  const std::string text =
      jwks({"null", R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
            encryption.jwk(R"(,"use":"enc","kid":"e1")"), KeyPair::ec("secp256k1").jwk(),
            shared.jwk(R"(,"kid":"both","alg":"RS256")"), plain.jwk(R"(,"kid":"both","alg":"PS256")"),
            plain.jwk(R"(,"kid":"k1")")});
  const Parsed parsed = parse(text);
  ASSERT_TRUE(parsed.set);
  EXPECT_EQ(parsed.size(), 3U);
  EXPECT_THAT(parsed.warnings, SizeIs(4));

  const JwtVerifier verifier(all_algorithms(), keys("", text));
  const auto judge = [&](const KeyPair& key, const char* algorithm, const char* more_header) {
    return outcome(verifier.check(key.token(algorithm, kClaims, more_header), kNow));
  };
  EXPECT_EQ(judge(plain, "RS256", R"(,"kid":"k1")"), "user alice");
  EXPECT_EQ(judge(plain, "PS256", R"(,"kid":"both")"), "user alice");
  EXPECT_EQ(judge(shared, "RS256", R"(,"kid":"both")"), "user alice");
  EXPECT_EQ(judge(plain, "RS256", R"(,"kid":"both")"), "signature");
  EXPECT_EQ(judge(encryption, "RS256", R"(,"kid":"e1")"), "unknown key");
  EXPECT_EQ(judge(plain, "RS256", ""), "unknown key");  // two keys fit RS256
  EXPECT_EQ(judge(plain, "RS384", ""), "user alice");   // only k1 fits RS384
  EXPECT_EQ(judge(plain, "RS256", R"(,"kid":"../../etc/passwd")"), "unknown key");
  EXPECT_EQ(judge(plain, "RS256", R"(,"kid":"K1")"), "unknown key");
  EXPECT_EQ(judge(plain, "RS256", R"(,"kid":5)"), "header");
  EXPECT_EQ(judge(plain, "RS256", R"(,"kid":null)"), "header");
}

TEST(KeySet, OfOneKeyWithoutKidServesTokensWithoutKid) {
  const JwtVerifier verifier(all_algorithms(), keys("", jwks({rsa_key().jwk()})));
  EXPECT_EQ(outcome(verifier.check(rsa_key().token("RS256"), kNow)), "user alice");
  EXPECT_EQ(outcome(verifier.check(rsa_key().token("RS256", kClaims, R"(,"kid":"x")"), kNow)), "unknown key");
  EXPECT_EQ(outcome(verifier.check(KeyPair::ec("P-256").token("ES256"), kNow)), "unknown key");
}

}  // namespace
}  // namespace zvonok::auth
