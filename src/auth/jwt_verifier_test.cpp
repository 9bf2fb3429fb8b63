#include "auth/jwt_verifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/compact_jws.hpp"
#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(JwtVerifier, CallsBackBeforeItReturns) {
  JwtVerifier tested = verifier();
  std::vector<std::string> verdicts;
  tested.verify(with_claims(kClaims), kNow,
                [&](const ports::TokenVerdict& verdict) { verdicts.push_back(outcome(verdict)); });
  tested.verify("junk", kNow,
                [&](const ports::TokenVerdict& verdict) { verdicts.push_back(outcome(verdict)); });
  EXPECT_EQ(verdicts, (std::vector<std::string>{"user alice", "malformed"}));
}

TEST(JwtVerifier, TellsNumbersFromStringsThatLookAlike) {
  EXPECT_EQ(outcome(verifier().check(with_claims(R"({"userId":42})"), kNow)), "user 42 (number)");
  EXPECT_EQ(outcome(verifier().check(with_claims(R"({"userId":"42"})"), kNow)), "user 42");
}

TEST(JwtVerifier, AcceptsEveryAlgorithmThatIsAllowedAndHasItsKey) {
  const KeyPair p256 = KeyPair::ec("P-256");
  const KeyPair p384 = KeyPair::ec("P-384");
  const KeyPair p521 = KeyPair::ec("P-521");
  const JwtVerifier tested(all_algorithms(),
                           keys(kSecret, jwks({rsa_key().jwk(), p256.jwk(), p384.jwk(), p521.jwk()})));
  for (const char* algorithm : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}) {
    EXPECT_EQ(outcome(tested.check(rsa_key().token(algorithm), kNow)), "user alice") << algorithm;
    EXPECT_EQ(outcome(tested.check(other_rsa_key().token(algorithm), kNow)), "signature") << algorithm;
  }
  EXPECT_EQ(outcome(tested.check(p256.token("ES256"), kNow)), "user alice");
  EXPECT_EQ(outcome(tested.check(p384.token("ES384"), kNow)), "user alice");
  EXPECT_EQ(outcome(tested.check(p521.token("ES512"), kNow)), "user alice");
  EXPECT_EQ(outcome(tested.check(KeyPair::ec("P-256").token("ES256"), kNow)), "signature");
  const struct {
    const char* header;
    const EVP_MD* hash;
  } hmacs[] = {{R"({"alg":"HS256"})", EVP_sha256()},
               {R"({"alg":"HS384"})", EVP_sha384()},
               {R"({"alg":"HS512"})", EVP_sha512()}};
  for (const auto& [header, hash] : hmacs) {
    const std::string input = signing_input(header, kClaims);
    EXPECT_EQ(outcome(tested.check(input + "." + base64url_encode(hmac(hash, kSecret, input)), kNow)),
              "user alice")
        << header;
  }
}

TEST(JwtVerifier, RefusesASignatureMadeForAnotherAlgorithmOfTheSameKey) {
  const JwtVerifier tested(all_algorithms(), keys(kSecret, jwks({rsa_key().jwk()})));
  const auto relabelled = [](const std::string& token, const char* header) {
    return base64url_encode(header) + token.substr(token.find('.'));
  };
  EXPECT_EQ(outcome(tested.check(relabelled(rsa_key().token("RS256"), R"({"alg":"PS256"})"), kNow)),
            "signature");
  EXPECT_EQ(outcome(tested.check(relabelled(rsa_key().token("RS256"), R"({"alg":"RS512"})"), kNow)),
            "signature");
  EXPECT_EQ(outcome(tested.check(relabelled(with_claims(kClaims), R"({"alg":"HS384"})"), kNow)), "signature");
}

TEST(JwtVerifier, AcceptsTheSecretBeforeThisOneWhileItIsConfigured) {
  JwtKeys rotated = keys("new secret");
  rotated.previous_secret = base::Redacted(std::string(kSecret));
  const JwtVerifier tested(JwtOptions{}, std::move(rotated));
  EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, "new secret"), kNow)), "user alice");
  EXPECT_EQ(outcome(tested.check(with_claims(kClaims), kNow)), "user alice");
  EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, "a third"), kNow)), "signature");
}

TEST(JwtVerifier, ReplacesSecretsAndKeySetAtOnce) {
  JwtVerifier tested(all_algorithms(), keys(kSecret, jwks({rsa_key().jwk()})));
  tested.replace_keys(keys("new secret", jwks({other_rsa_key().jwk()})));
  EXPECT_EQ(outcome(tested.check(with_claims(kClaims), kNow)), "signature");
  EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, "new secret"), kNow)), "user alice");
  EXPECT_EQ(outcome(tested.check(rsa_key().token("RS256"), kNow)), "signature");
  EXPECT_EQ(outcome(tested.check(other_rsa_key().token("RS256"), kNow)), "user alice");
  tested.replace_keys(JwtKeys{});
  EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, "new secret"), kNow)), "unknown key");
  EXPECT_EQ(outcome(tested.check(other_rsa_key().token("RS256"), kNow)), "unknown key");
}

TEST(JwtVerifier, WithoutASecretTakesNoEmptyOneInstead) {
  const JwtVerifier tested(all_algorithms(), keys("", jwks({rsa_key().jwk()})));
  EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, ""), kNow)), "unknown key");
  EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, std::string(64, '\0')), kNow)),
            "unknown key");
}

// Row D04: cutting the line end of a secret's file is for whoever reads the file; here every byte counts.
TEST(JwtVerifier, TakesTheSecretByteForByte) {
  for (const std::string& secret :
       {std::string("s3cret\n"), std::string("s3cret\r\n"), std::string(" s3cret"),
        std::string("\xef\xbb\xbfs3cret"), std::string("s3\0cret", 7), std::string("\xff\xfe")}) {
    const JwtVerifier tested(JwtOptions{}, keys(secret));
    EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, secret), kNow)), "user alice");
    EXPECT_EQ(outcome(tested.check(hs256(R"({"alg":"HS256"})", kClaims, "s3cret"), kNow)), "signature");
  }
}

TEST(JwtVerifier, DoesNotAskForAKidWithASecret) {
  // As the original: issuers that hold several secrets name theirs, and ours is only one of them.
  EXPECT_EQ(outcome(verifier().check(with_header(R"({"alg":"HS256","kid":"2024-01"})"), kNow)), "user alice");
}

TEST(JwtVerifier, TriesEveryKeyThatSharesAKid) {
  // Some issuers reuse the kid when they change the key, and publish both for a while.
  const JwtVerifier tested(
      all_algorithms(),
      keys("", jwks({rsa_key().jwk(R"(,"kid":"k")"), other_rsa_key().jwk(R"(,"kid":"k")")})));
  EXPECT_EQ(outcome(tested.check(rsa_key().token("RS256", kClaims, R"(,"kid":"k")"), kNow)), "user alice");
  EXPECT_EQ(outcome(tested.check(other_rsa_key().token("RS256", kClaims, R"(,"kid":"k")"), kNow)),
            "user alice");
  EXPECT_EQ(outcome(tested.check(rsa_key().token("RS256"), kNow)),
            "unknown key");  // without kid we do not guess
}

// What a token of an unknown key comes to when more keys can be had.
class MoreKeys : public ::testing::Test {
 protected:
  MoreKeys() {
    tested.set_more_keys([this](const std::string& kid, std::function<void()> then) {
      asked.push_back(kid);
      later = std::move(then);
      return can_wait;
    });
  }
  void verify(const std::string& token) {
    tested.verify(token, kNow,
                  [this](const ports::TokenVerdict& verdict) { verdicts.push_back(outcome(verdict)); });
  }
  static std::string of_new_key(std::string_view claims = kClaims,
                                std::string_view header = R"(,"kid":"new")") {
    return other_rsa_key().token("RS256", claims, header);
  }

  JwtVerifier tested{all_algorithms(), keys(kSecret, jwks({rsa_key().jwk(R"(,"kid":"old")")}))};
  bool can_wait = true;
  std::vector<std::string> asked, verdicts;
  std::function<void()> later;
};

TEST_F(MoreKeys, AreWaitedForAndThenTheTokenIsGood) {
  verify(of_new_key());
  EXPECT_THAT(asked, ElementsAre("new"));
  EXPECT_THAT(verdicts, IsEmpty());
  tested.replace_key_set(keys("", jwks({other_rsa_key().jwk(R"(,"kid":"new")")})).key_set);
  later();
  EXPECT_THAT(verdicts, ElementsAre("user alice"));
}

TEST_F(MoreKeys, ThatDoNotComeLeaveTheTokenRefused) {
  verify(of_new_key());
  later();
  EXPECT_THAT(verdicts, ElementsAre("unknown key"));
  can_wait = false;
  verify(of_new_key());
  EXPECT_THAT(verdicts, ElementsAre("unknown key", "unknown key")) << "at once";
}

TEST_F(MoreKeys, AreAskedForByNothingThatCouldNotBeGood) {
  verify(of_new_key(R"({"userId":"alice","exp":1})"));
  verify(of_new_key(R"({"userId":""})"));
  verify(of_new_key(kClaims, R"(,"kid":"new","crit":["x"])"));
  verify(other_rsa_key().token("RS256", kClaims));  // no kid
  verify(other_rsa_key().token("RS256", kClaims, R"(,"kid":"old")"));
  verify(with_header(R"({"alg":"HS256","kid":"new"})"));
  EXPECT_THAT(asked, IsEmpty());
  EXPECT_THAT(verdicts,
              ElementsAre("unknown key", "unknown key", "header", "signature", "signature", "user alice"));
}

TEST(JwtVerifier, TakesTokensUpTo8KiB) {
  // The claims are padded with blanks until the token is as long as wanted.
  const auto of_size = [](std::size_t size) {
    std::string claims(kClaims);
    while (with_claims(claims).size() < size) claims += ' ';
    return with_claims(claims);
  };
  const std::string longest = of_size(kTokenBytesMax);
  ASSERT_EQ(longest.size(), kTokenBytesMax);
  EXPECT_EQ(outcome(verifier().check(longest, kNow)), "user alice");
  const std::string too_long = of_size(kTokenBytesMax + 1);
  ASSERT_EQ(too_long.size(), kTokenBytesMax + 1);
  EXPECT_EQ(outcome(verifier().check(too_long, kNow)), "too long");
}

TEST(JwtVerifier, NeverPutsPartsOfTheTokenIntoTheRefusalButTheNamedFields) {
  const std::string secret_claims = R"({"userId":"alice","exp":"TOP-SECRET","phone":"TOP-SECRET"})";
  const std::string token = with_claims(secret_claims);
  for (const std::string& odd :
       {token, token + "A", hs256(R"({"alg":"HS256","x":"TOP-SECRET)", secret_claims),
        with_claims(secret_claims + "x"), hs256(R"({"alg":"HS256"})", secret_claims, "wrong")}) {
    const auto verdict = verifier().check(odd, kNow);
    ASSERT_FALSE(verdict);
    EXPECT_THAT(verdict.error().detail, Not(HasSubstr("TOP-SECRET")));
    EXPECT_THAT(verdict.error().detail, Not(HasSubstr(odd.substr(odd.rfind('.') + 1))));
    EXPECT_FALSE(verdict.error().detail.empty());
  }
}

TEST(JwtVerifier, EscapesAndCutsWhatItShowsOfTheHeader) {
  const JwtVerifier tested(all_algorithms(), keys("", jwks({rsa_key().jwk(R"(,"kid":"k1")")})));
  const auto odd_kid = tested.check(
      rsa_key().token("RS256", kClaims, R"(,"kid":"\r\n)" + std::string(4000, 'k') + "\""), kNow);
  EXPECT_EQ(outcome(odd_kid), "unknown key");
  EXPECT_LE(odd_kid.error().detail.size(), 256U);
  EXPECT_EQ(odd_kid.error().detail.find_first_of("\r\n"), std::string::npos);
  const auto odd_alg = verifier().check(with_header(R"({"alg":"\u001b[31m"})"), kNow);
  EXPECT_EQ(odd_alg.error().detail, R"(alg is "\u001B[31m", which jwt_algs does not allow)");
}

TEST(JwtVerifierDeathTest, RefusesALeewayOutOfItsRange) {
  for (const base::Duration leeway : {base::Duration(-1), base::Duration(base::seconds(31))}) {
    JwtOptions options;
    options.leeway = leeway;
    EXPECT_DEATH(JwtVerifier(options, keys(kSecret)), "leeway");
  }
}

}  // namespace
}  // namespace zvonok::auth
