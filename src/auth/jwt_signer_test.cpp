#include "auth/jwt_signer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace testing;

JwtSigner signer(const JwtOptions& options = {}) {
  return {options, base::Redacted(std::string(kSecret))};
}

std::string signed_for(std::string_view user, base::Duration ttl = base::hours(1),
                       const JwtOptions& options = {}) {
  return *signer(options).sign({.user = user, .issued_at = kNow, .expires_at = kNow + ttl});
}

std::string claims_of(const std::string& token) {
  const std::size_t first = token.find('.');
  return *base64url_decode(std::string_view(token).substr(first + 1, token.rfind('.') - first - 1));
}

TEST(JwtSigner, MakesExactlyTheTokenThatOpenSslWouldSign) {
  EXPECT_EQ(signed_for("alice"), hs256(R"({"alg":"HS256","typ":"JWT"})",
                                       R"({"userId":"alice","iat":1700000000,"exp":1700003600})"));
}

TEST(JwtSigner, MakesTokensThatTheVerifierTakesUntilTheyExpire) {
  JwtOptions options;
  options.issuer = "https://id.example/";
  options.audiences = {"calls", "chat"};
  const std::string token = signed_for("alice", base::seconds(60), options);
  const auto verdict = verifier(options).check(token, kNow);
  EXPECT_EQ(outcome(verdict), "user alice");
  EXPECT_EQ(verdict->expires_at, kNow + base::seconds(60));
  EXPECT_EQ(outcome(verifier(options).check(token, kNow + base::seconds(60))), "expired");
}

TEST(JwtSigner, WritesIssuerAndAudiencesAsConfigured) {
  JwtOptions options;
  options.issuer = "us";
  options.audiences = {"calls"};
  EXPECT_THAT(claims_of(signed_for("a", base::hours(1), options)),
              ::testing::HasSubstr(R"("iss":"us","aud":"calls"})"));
  options.audiences = {"calls", "chat"};
  EXPECT_THAT(claims_of(signed_for("a", base::hours(1), options)),
              ::testing::HasSubstr(R"("aud":["calls","chat"]})"));
}

TEST(JwtSigner, TakesEveryUserIdThatTheVerifierTakes) {
  for (const std::string& user :
       {std::string("42"), std::string(512, 'x'), std::string("\xd1\x8f\xf0\x9f\x98\x80"),
        std::string("a\"\\\n\x01"), std::string("\x7f")}) {
    EXPECT_EQ(outcome(verifier().check(signed_for(user), kNow)), "user " + user);
  }
}

TEST(JwtSigner, RefusesOtherUserIds) {
  for (const std::string& user : {std::string(), std::string(513, 'x'), std::string("a\0b", 3),
                                  std::string("\xff"), std::string("\xed\xa0\x80")}) {
    const auto token = signer().sign({.user = user, .issued_at = kNow, .expires_at = kNow + base::hours(1)});
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error(), ports::SignError::kUserId);
  }
}

TEST(JwtSigner, WritesClaimsInAsciiForPagesThatReadThemWithAtob) {
  const std::string claims = claims_of(signed_for("\xd1\x8f"));
  EXPECT_TRUE(std::all_of(claims.begin(), claims.end(), [](char c) { return c > 0; })) << claims;
}

TEST(JwtSigner, RoundsToWholeSecondsAndNeverShortensALife) {
  const std::string token = *signer().sign({.user = "a",
                                            .issued_at = kNow + base::milliseconds(500),
                                            .expires_at = kNow + base::milliseconds(1'700)});
  EXPECT_THAT(claims_of(token), ::testing::HasSubstr(R"("iat":1700000000,"exp":1700000002)"));
}

TEST(JwtSigner, OverflowsNothingForAnyTime) {
  const auto verdict_until = [](base::WallTime expires_at) {
    const auto token = signer().sign({.user = "a", .issued_at = kNow, .expires_at = expires_at});
    return outcome(verifier().check(*token, kNow));
  };
  EXPECT_EQ(verdict_until(base::WallTime::max()), "user a");
  EXPECT_EQ(verdict_until(base::WallTime::min()), "expired");
  EXPECT_EQ(verdict_until(kNow), "expired");
}

TEST(JwtSigner, NamesTheSessionAndTheTokenOnlyIfThereIsOne) {
  const auto token = signer().sign({.user = "a",
                                    .issued_at = kNow,
                                    .expires_at = kNow + base::hours(1),
                                    .session = "s",
                                    .token_id = "s.1"});
  EXPECT_THAT(claims_of(*token), ::testing::HasSubstr(R"("sid":"s","jti":"s.1")"));
  EXPECT_EQ(verifier().check(*token, kNow)->session, "s");
  EXPECT_THAT(claims_of(signed_for("a")), ::testing::Not(::testing::HasSubstr("sid")));
}

TEST(JwtSigner, GivesTheSameTokenForTheSameClaims) {
  EXPECT_EQ(signed_for("a"), signed_for("a"));
}

TEST(JwtSigner, SignsWithTheSecretThatReplacedTheOldOne) {
  JwtSigner tested = signer();
  tested.replace_secret(base::Redacted(std::string("new secret")));
  const std::string token =
      *tested.sign({.user = "a", .issued_at = kNow, .expires_at = kNow + base::hours(1)});
  EXPECT_EQ(outcome(verifier().check(token, kNow)), "signature");
  EXPECT_EQ(outcome(JwtVerifier(JwtOptions{}, keys("new secret")).check(token, kNow)), "user a");
}

}  // namespace
}  // namespace zvonok::auth
