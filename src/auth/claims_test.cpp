#include "auth/claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/strict_json.hpp"
#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// The verdict on claims given as text, as JwtVerifier reads them. Extra members are added to a good userId.
ports::TokenVerdict judge(std::string_view claims, const JwtOptions& options = {},
                          base::WallTime now = kNow) {
  const JsonPtr json = parse_object(claims, NulEscapes::kAccept);
  if (!json) return base::Unexpected{ports::TokenRefusal{ports::TokenError::kMalformed, ""}};
  return check_claims(*json, options, now);
}

ports::TokenVerdict judge_alice(std::string_view more, const JwtOptions& options = {},
                                base::WallTime now = kNow) {
  return judge(R"({"userId":"alice",)" + std::string(more) + "}", options, now);
}

std::string user_of(std::string_view user_id) {
  return outcome(judge(R"({"userId":)" + std::string(user_id) + "}"));
}

JwtOptions with_leeway(base::Duration leeway) {
  JwtOptions options;
  options.leeway = leeway;
  return options;
}

JwtOptions for_audiences(std::vector<std::string> audiences) {
  JwtOptions options;
  options.audiences = std::move(audiences);
  return options;
}

JwtOptions from_issuer(std::string issuer) {
  JwtOptions options;
  options.issuer = std::move(issuer);
  return options;
}

TEST(UserId, MayBeAnyStringOf1To512Bytes) {
  EXPECT_EQ(user_of(R"("alice")"), "user alice");
  EXPECT_EQ(user_of(R"(" ")"), "user  ");
  EXPECT_EQ(user_of(R"("\r\n\u001b")"), "user \r\n\x1b");
  EXPECT_EQ(user_of(R"("\u044f")"), "user \xd1\x8f");
  EXPECT_EQ(user_of(R"("0")"), "user 0");
  EXPECT_EQ(user_of("\"" + std::string(512, 'x') + "\""), "user " + std::string(512, 'x'));
  EXPECT_EQ(user_of("\"" + std::string(513, 'x') + "\""), "user id");
  // 512 is a number of bytes, not of characters.
  std::string cyrillic;
  for (int i = 0; i < 256; ++i) cyrillic += "\xd1\x8f";
  EXPECT_EQ(user_of("\"" + cyrillic + "\""), "user " + cyrillic);
  EXPECT_EQ(user_of("\"" + cyrillic + "x\""), "user id");
}

TEST(UserId, IsNeitherEmptyNorHoldsNul) {
  EXPECT_EQ(user_of(R"("")"), "user id");
  EXPECT_EQ(user_of(R"("admin\u0000")"), "user id");
  EXPECT_EQ(user_of(R"("\u0000")"), "user id");
  EXPECT_EQ(outcome(judge(R"({"userId":"alice","name":"a\u0000b"})")), "user alice");  // another claim may
}

TEST(UserId, MayBeASafeInteger) {
  EXPECT_EQ(user_of("42"), "user 42 (number)");
  EXPECT_EQ(user_of("-7"), "user -7 (number)");
  EXPECT_EQ(user_of("9007199254740991"), "user 9007199254740991 (number)");
  EXPECT_EQ(user_of("-9007199254740991"), "user -9007199254740991 (number)");
}

TEST(UserId, IsNoOtherNumber) {
  for (const char* number :
       {"0", "-0", "0.0", "42.0", "42.5", "4e1", "4E1", "42e0", "9007199254740992", "-9007199254740992",
        "738529527931269425", "9223372036854775807", "-9223372036854775808", "1e308", "1e-308"}) {
    EXPECT_EQ(user_of(number), "user id") << number;
  }
  // More digits than 64 bits hold: jansson refuses the text as a whole.
  for (const char* number :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551658", "1e999"}) {
    EXPECT_EQ(user_of(number), "malformed") << number;
  }
}

TEST(UserId, IsNothingElse) {
  for (const char* value : {"true", "false", "null", "[]", "[\"alice\"]", "{}", "{\"id\":\"alice\"}"}) {
    EXPECT_EQ(user_of(value), "user id") << value;
  }
  EXPECT_EQ(outcome(judge("{}")), "user id");
  EXPECT_EQ(outcome(judge(R"({"sub":"alice"})")), "user id");
  EXPECT_EQ(outcome(judge(R"({"userid":"alice"})")), "user id");
}

// Row A01: fractions and exponents.
TEST(Expiry, MayHaveAFractionOrAnExponent) {
  for (const char* exp : {"1700000060.25", "4.1e9", "4100000000.0", "41E8", "1700000000.001"}) {
    EXPECT_EQ(outcome(judge_alice(R"("exp":)" + std::string(exp))), "user alice") << exp;
  }
  EXPECT_EQ(outcome(judge_alice(R"("exp":1699999999.75)")), "expired");
  EXPECT_EQ(outcome(judge_alice(R"("nbf":1699999999.5,"iat":1700000000.7)")), "user alice");
}

TEST(Expiry, IsKeptToTheMillisecond) {
  EXPECT_EQ(judge_alice(R"("exp":1700000060.25)")->expires_at, kNow + base::milliseconds(60'250));
  EXPECT_EQ(judge_alice(R"("exp":4.1e9)")->expires_at, base::WallTime(base::seconds(4'100'000'000)));
  EXPECT_EQ(judge_alice(R"("exp":1700000001)", with_leeway(base::seconds(5)))->expires_at,
            kNow + base::seconds(6));
}

TEST(Expiry, NoneMeansForEver) {
  EXPECT_EQ(judge_alice(R"("iat":1)")->expires_at, std::nullopt);
}

TEST(Expiry, IsThatMomentItself) {
  EXPECT_EQ(outcome(judge_alice(R"("exp":1700000001)")), "user alice");
  EXPECT_EQ(outcome(judge_alice(R"("exp":1700000000)")), "expired");
  EXPECT_EQ(outcome(judge_alice(R"("exp":1700000001)", {}, kNow + base::milliseconds(999))), "user alice");
  EXPECT_EQ(outcome(judge_alice(R"("exp":1700000001)", {}, kNow + base::milliseconds(1000))), "expired");
}

TEST(Expiry, OfAnySizeOverflowsNothing) {
  const base::WallTime end_of_9999{base::seconds(253'402'300'799)};
  for (const char* exp :
       {"253402300799", "253402300800", "9223372036854775807", "9.3e18", "1e300", "1.7e308"}) {
    EXPECT_EQ(judge_alice(R"("exp":)" + std::string(exp), with_leeway(base::seconds(30)))->expires_at,
              end_of_9999 + base::seconds(30))
        << exp;
  }
  for (const char* exp : {"0", "-1", "-9223372036854775808", "-1e300", "1e-300", "-0.0"}) {
    EXPECT_EQ(outcome(judge_alice(R"("exp":)" + std::string(exp))), "expired") << exp;
  }
  for (const char* nbf : {"9223372036854775807", "1e300"}) {
    EXPECT_EQ(outcome(judge_alice(R"("nbf":)" + std::string(nbf), with_leeway(base::seconds(30)))),
              "not yet valid")
        << nbf;
  }
  EXPECT_EQ(outcome(judge_alice(R"("nbf":-1e300)", with_leeway(base::seconds(30)))), "user alice");
}

TEST(Expiry, IsRefusedUnlessItIsANumber) {
  for (const char* value : {"null", "\"1800000000\"", "true", "[1800000000]", "{}"}) {
    EXPECT_EQ(outcome(judge_alice(R"("exp":)" + std::string(value))), "claims") << value;
    EXPECT_EQ(outcome(judge_alice(R"("nbf":)" + std::string(value))), "claims") << value;
  }
}

TEST(Expiry, SaysHowLongAgoItWas) {
  EXPECT_EQ(judge_alice(R"("exp":1699999970)").error().detail, "expired 30 s ago");
  EXPECT_EQ(judge_alice(R"("exp":1699999970)", with_leeway(base::seconds(5))).error().detail,
            "expired 30 s ago");
}

// Row A07: clocks that differ by a moment.
TEST(IssuedAt, NeverRefuses) {
  for (const char* iat : {"1700000002", "9e99", "\"yesterday\"", "null", "[]"}) {
    EXPECT_EQ(outcome(judge_alice(R"("iat":)" + std::string(iat))), "user alice") << iat;
  }
}

TEST(NotBefore, RefusesUntilItsMomentAndSaysByHowMuch) {
  const auto early = judge_alice(R"("nbf":1700000001)");
  EXPECT_EQ(outcome(early), "not yet valid");
  EXPECT_EQ(early.error().detail, "not yet valid by 1 s, see jwt_leeway_s");
  EXPECT_EQ(judge_alice(R"("nbf":1700000001.5)").error().detail, "not yet valid by 2 s, see jwt_leeway_s");
  EXPECT_EQ(outcome(judge_alice(R"("nbf":1700000001)", {}, kNow + base::seconds(2))), "user alice");
}

TEST(NotBefore, OfThisVeryMomentIsGood) {
  for (int ms = 0; ms < 1000; ++ms) {
    std::string fraction = std::to_string(ms);
    fraction.insert(0, 3 - fraction.size(), '0');
    const std::string at = "1700000000." + fraction;
    EXPECT_EQ(outcome(judge_alice(R"("nbf":)" + at + R"(,"iat":)" + at, {}, kNow + base::milliseconds(ms))),
              "user alice")
        << at;
  }
}

TEST(Leeway, WidensBothEnds) {
  const JwtOptions five = with_leeway(base::seconds(5));
  EXPECT_EQ(outcome(judge_alice(R"("nbf":1700000004)", five)), "user alice");
  EXPECT_EQ(outcome(judge_alice(R"("nbf":1700000005)", five)), "user alice");
  EXPECT_EQ(outcome(judge_alice(R"("nbf":1700000006)", five)), "not yet valid");
  EXPECT_EQ(judge_alice(R"("nbf":1700000006)", five).error().detail,
            "not yet valid by 1 s, see jwt_leeway_s");
  EXPECT_EQ(outcome(judge_alice(R"("exp":1699999996)", five)), "user alice");
  EXPECT_EQ(outcome(judge_alice(R"("exp":1699999995)", five)), "expired");
  EXPECT_EQ(outcome(judge_alice(R"("exp":1699999994)", five)), "expired");
}

// Row A08: one audience or a list of them.
TEST(Audience, MatchesIffAnElementEqualsOneOfOurs) {
  const struct {
    const char* aud;
    bool accepted;
  } cases[] = {{R"("calls")", true},     {R"(["calls"])", true},    {R"(["x","calls"])", true},
               {R"(["calls",5])", true}, {R"([[],"calls"])", true}, {"[]", false},
               {R"("x")", false},        {R"(["CALLS"])", false},   {"5", false},
               {"null", false},          {R"({"calls":1})", false}, {R"("calls ")", false},
               {R"("call")", false},     {R"([["calls"]])", false}, {R"("calls\u0000")", false},
               {R"("")", false}};
  for (const auto& [aud, accepted] : cases) {
    const std::string claim = R"("aud":)" + std::string(aud);
    EXPECT_EQ(outcome(judge_alice(claim, for_audiences({"calls"}))), accepted ? "user alice" : "audience")
        << aud;
    EXPECT_EQ(outcome(judge_alice(claim)), "user alice") << aud;  // not configured: not looked at
  }
  EXPECT_EQ(outcome(judge(kClaims, for_audiences({"calls"}))), "audience");
}

TEST(Audience, MayBeConfiguredAsAList) {
  const JwtOptions two = for_audiences({"calls", "chat"});
  EXPECT_EQ(outcome(judge_alice(R"("aud":"chat")", two)), "user alice");
  EXPECT_EQ(outcome(judge_alice(R"("aud":["x","calls"])", two)), "user alice");
  EXPECT_EQ(outcome(judge_alice(R"("aud":"mail")", two)), "audience");
}

TEST(Audience, RefusalNamesBothSides) {
  EXPECT_EQ(judge_alice(R"("aud":"calls ")", for_audiences({"calls", "chat"})).error().detail,
            R"(aud is "calls ", expected one of ["calls","chat"])");
  EXPECT_EQ(judge(kClaims, for_audiences({"calls"})).error().detail,
            R"(aud is nothing, expected one of ["calls"])");
}

TEST(Issuer, MustBeExactlyTheConfiguredOne) {
  const JwtOptions options = from_issuer("https://id.example/");
  EXPECT_EQ(outcome(judge_alice(R"("iss":"https://id.example/")", options)), "user alice");
  for (const char* iss : {R"("https://id.example")", R"(["https://id.example/"])", "null", "5",
                          R"("HTTPS://id.example/")", R"("")"}) {
    EXPECT_EQ(outcome(judge_alice(R"("iss":)" + std::string(iss), options)), "issuer") << iss;
    EXPECT_EQ(outcome(judge_alice(R"("iss":)" + std::string(iss))), "user alice") << iss;
  }
  EXPECT_EQ(outcome(judge(kClaims, options)), "issuer");
}

TEST(Issuer, RefusalShowsTheSlashThatIsMissing) {
  EXPECT_EQ(judge_alice(R"("iss":"https://id.example")", from_issuer("https://id.example/")).error().detail,
            R"(iss is "https://id.example", expected "https://id.example/")");
}

TEST(Refusals, FitIntoALogFieldAndHoldNoControlBytes) {
  const std::string line_ends = R"("iss":"\r\nlevel=error )" + std::string(3000, 'x') + "\"";
  const std::string detail = judge_alice(line_ends, from_issuer(std::string(3000, 'y'))).error().detail;
  EXPECT_THAT(detail, SizeIs(::testing::Le(256U)));
  EXPECT_THAT(detail, HasSubstr("yyy"));
  EXPECT_EQ(detail.find_first_of("\r\n"), std::string::npos);
}

TEST(Refusals, ComeInAFixedOrder) {
  // Time first, then for whom, then who: an expired token for somebody else is just an expired one.
  EXPECT_EQ(outcome(judge(R"({"exp":1,"nbf":9e9,"iss":"x"})", from_issuer("y"))), "expired");
  EXPECT_EQ(outcome(judge(R"({"nbf":9e9,"iss":"x"})", from_issuer("y"))), "not yet valid");
  EXPECT_EQ(outcome(judge(R"({"iss":"x","userId":0})", from_issuer("y"))), "issuer");
}

}  // namespace
}  // namespace zvonok::auth
