// Tokens that somebody made to get in, or that a confused page sent. Each is refused, for the reason named
// beside it: a right refusal for a wrong reason would hide that the check meant for it is gone.
#include <gtest/gtest.h>

#include "auth/compact_jws.hpp"
#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace testing;
using namespace std::string_literals;

struct HostileToken {
  const char* name;
  std::string token;
  const char* refused_as;
};

void PrintTo(const HostileToken& hostile, std::ostream* out) {
  *out << hostile.token.substr(0, 200);
}

const std::string& good_token() {
  static const std::string kToken = with_claims(kClaims);
  return kToken;
}
std::string part(std::size_t index) {
  const std::string& token = good_token();
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  return index == 0   ? token.substr(0, first)
         : index == 1 ? token.substr(first + 1, second - first - 1)
                      : token.substr(second + 1);
}
std::string unsecured(std::string_view header) {
  return signing_input(header, kClaims) + ".";
}

/// A key that the verifier knows, and one that it does not.
const KeyPair& known_ec() {
  static const KeyPair kKey = KeyPair::ec("P-256");
  return kKey;
}
const KeyPair& unknown_ec() {
  static const KeyPair kKey = KeyPair::ec("P-256");
  return kKey;
}
std::string es256_with_signature(const std::string& signature) {
  return signing_input(R"({"alg":"ES256","kid":"ec"})", kClaims) + "." + base64url_encode(signature);
}
std::string rs256_with_signature(const std::string& signature) {
  return signing_input(R"({"alg":"RS256","kid":"rsa"})", kClaims) + "." + base64url_encode(signature);
}

// Row A06: what front ends find in their storage and send.
std::vector<HostileToken> junk() {
  const std::string& good = good_token();
  return {
      {"Empty", "", "missing"},
      {"NullAsAWord", "null", "malformed"},
      {"Undefined", "undefined", "malformed"},
      {"AnObjectTurnedToText", "[object Object]", "malformed"},
      {"InQuotes", "\"" + good + "\"", "malformed"},
      {"InSingleQuotes", "'" + good + "'", "malformed"},
      {"WithBearerBefore", "Bearer " + good, "malformed"},
      {"WithJwtBefore", "JWT " + good, "malformed"},
      {"StillPercentEncoded", part(0) + "%2E" + part(1) + "%2E" + part(2), "malformed"},
      {"WithANulByteBehind", good + "\0"s, "malformed"},
      {"WithALineEndBehind", good + "\n", "malformed"},
      {"WithACarriageReturnBehind", good + "\r\n", "malformed"},
      {"WithABlankBefore", " " + good, "malformed"},
      {"WithABlankInside", part(0) + ". " + part(1) + "." + part(2), "malformed"},
      {"WithAFragmentBehind", good + "#x", "malformed"},
      {"TwoTokensInARow", good + "," + good, "malformed"},
      {"WithAByteOrderMark", "\xef\xbb\xbf" + good, "malformed"},
      {"InFullwidthLetters", "\xef\xbc\xa5" + good, "malformed"},
      {"TheClaimsAlone", std::string(kClaims), "malformed"},
  };
}

std::vector<HostileToken> broken_shapes() {
  const std::string& good = good_token();
  return {
      {"OneDot", ".", "malformed"},
      {"TwoDots", "..", "malformed"},
      {"OnlyDots", std::string(8192, '.'), "malformed"},
      {"OnePart", part(0), "malformed"},
      {"TwoParts", part(0) + "." + part(1), "malformed"},
      {"FourParts", good + "." + part(2), "malformed"},
      {"ADotBehind", good + ".", "malformed"},
      {"ADotBefore", "." + good, "malformed"},
      {"FivePartsOfAnEncryptedToken", part(0) + "..AAAA.AAAA.AAAA", "malformed"},
      {"NoHeader", hs256_over("." + part(1)), "malformed"},
      {"NoClaims", hs256_over(part(0) + "."), "malformed"},
      {"NoSignature", part(0) + "." + part(1) + ".", "signature"},
      {"OneByteTooLong", std::string(kTokenBytesMax + 1, 'A'), "too long"},
      {"AMegabyte", std::string(1 << 20, 'A'), "too long"},
      {"PaddedSignature", good + "=", "malformed"},
      {"PaddedHeader", hs256_over(base64url_encode(R"({"alg":"HS256"}  )") + "=." + part(1)), "malformed"},
      {"TheOtherBase64Alphabet", hs256_over(part(0) + ".eyJ1c2VySWQiOiI/Pz8ifQ"), "malformed"},
      {"ASignatureOfOneCharacter", part(0) + "." + part(1) + ".A", "malformed"},
      {"AShortenedSignature", good.substr(0, good.size() - 3), "signature"},
      {"ALengthenedSignature", hs256_over(part(0) + "." + part(1)) + "AAAA", "signature"},
      {"ASignatureWithAByteMore",
       part(0) + "." + part(1) + "." +
           base64url_encode(hmac(EVP_sha256(), kSecret, part(0) + "." + part(1)) + "\0"s),
       "signature"},
      {"TheSignatureInHex", part(0) + "." + part(1) + "." + std::string(64, 'a'), "signature"},
      {"ASignatureOfZeros", part(0) + "." + part(1) + "." + base64url_encode(std::string(32, '\0')),
       "signature"},
  };
}

std::vector<HostileToken> headers() {
  std::string deep_header;
  for (int i = 0; i < 1000; ++i) deep_header += R"({"a":)";
  return {
      {"AlgNone", unsecured(R"({"alg":"none"})"), "algorithm"},
      {"AlgNoneSigned", with_header(R"({"alg":"none"})"), "algorithm"},
      {"AlgNoneInCapitals", unsecured(R"({"alg":"NONE"})"), "algorithm"},
      {"AlgNoneMixed", unsecured(R"({"alg":"nOnE"})"), "algorithm"},
      {"AlgEmpty", unsecured(R"({"alg":""})"), "algorithm"},
      {"AlgMissing", unsecured(R"({"typ":"JWT"})"), "algorithm"},
      {"AlgNull", with_header(R"({"alg":null})"), "algorithm"},
      {"AlgAList", with_header(R"({"alg":["HS256"]})"), "algorithm"},
      {"AlgANumber", with_header(R"({"alg":256})"), "algorithm"},
      {"AlgTrue", with_header(R"({"alg":true})"), "algorithm"},
      {"AlgInSmallLetters", with_header(R"({"alg":"hs256"})"), "algorithm"},
      {"AlgWithABlank", with_header(R"({"alg":"HS256 "})"), "algorithm"},
      {"AlgWithANul", with_header(R"({"alg":"HS256\u0000"})"), "malformed"},
      {"AlgOfShorterHash", with_header(R"({"alg":"HS1"})"), "algorithm"},
      {"AlgEdDsa", with_header(R"({"alg":"EdDSA"})"), "algorithm"},
      {"AlgEs256k", with_header(R"({"alg":"ES256K"})"), "algorithm"},
      {"AlgOfEncryption", with_header(R"({"alg":"dir","enc":"A256GCM"})"), "algorithm"},
      {"AlgTwice", with_header(R"({"alg":"none","alg":"HS256"})"), "malformed"},
      {"AlgTwiceByAnEscape", with_header(R"({"alg":"none","\u0061lg":"HS256"})"), "malformed"},
      {"CritUnknown", with_header(R"({"alg":"HS256","crit":["x"],"x":1})"), "header"},
      {"CritEmpty", with_header(R"({"alg":"HS256","crit":[]})"), "header"},
      {"CritNull", with_header(R"({"alg":"HS256","crit":null})"), "header"},
      {"CritThatNamesAlg", with_header(R"({"alg":"HS256","crit":["alg"]})"), "header"},
      {"B64False", with_header(R"({"alg":"HS256","b64":false,"crit":["b64"]})"), "header"},
      {"B64True", with_header(R"({"alg":"HS256","b64":true})"), "header"},
      {"KidANumber", with_header(R"({"alg":"HS256","kid":5})"), "header"},
      {"KidAnObject", with_header(R"({"alg":"HS256","kid":{"$ne":null}})"), "header"},
      {"KidAPath", rsa_key().token("RS256", kClaims, R"(,"kid":"../../../../dev/null")"), "unknown key"},
      {"KidSql", rsa_key().token("RS256", kClaims, R"(,"kid":"x' UNION SELECT 'key")"), "unknown key"},
      {"KidEmpty", rsa_key().token("RS256", kClaims, R"(,"kid":"")"), "unknown key"},
      {"KidOfTheOtherKey", rsa_key().token("RS256", kClaims, R"(,"kid":"ec")"), "unknown key"},
      {"HeaderAList", with_header(R"([{"alg":"HS256"}])"), "malformed"},
      {"HeaderAString", with_header(R"("HS256")"), "malformed"},
      {"HeaderCut", with_header(R"({"alg":"HS256")"), "malformed"},
      {"HeaderWithTailing", with_header(R"({"alg":"HS256"}{})"), "malformed"},
      {"HeaderNotUtf8", with_header("{\"alg\":\"HS256\",\"x\":\"\xff\"}"), "malformed"},
      {"HeaderUtf16", with_header("{\0}\0"s), "malformed"},
      {"HeaderOfBrackets", with_header(std::string(6000, '[')), "malformed"},
      {"HeaderOfObjects", with_header(deep_header), "malformed"},
  };
}

std::vector<HostileToken> signatures() {
  const std::string zeros(32, '\0');
  const std::string one = std::string(31, '\0') + "\1";
  // The order of the curve's group: as r or s it is 0 in disguise.
  const std::string order = *base64url_decode("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
  return {
      {"AnotherSecret", hs256(R"({"alg":"HS256"})", kClaims, "secret"), "signature"},
      {"TheEmptySecret", hs256(R"({"alg":"HS256"})", kClaims, ""), "signature"},
      {"OtherClaimsUnderAGoodSignature",
       part(0) + "." + base64url_encode(R"({"userId":"admin"})") + "." + part(2), "signature"},
      {"AnotherHeaderUnderAGoodSignature",
       base64url_encode(R"({"alg":"HS256","typ":"JWT"})") + "." + part(1) + "." + part(2), "signature"},
      {"ThePublicRsaKeyAsSecret", hs256(R"({"alg":"HS256","kid":"rsa"})", kClaims, rsa_key().jwk()),
       "signature"},
      {"RsaKeyOfSomebodyElse", other_rsa_key().token("RS256", kClaims, R"(,"kid":"rsa")"), "signature"},
      {"RsaKeyOfSomebodyElsePss", other_rsa_key().token("PS256", kClaims, R"(,"kid":"rsa")"), "signature"},
      {"RsaKeyInTheHeader",
       other_rsa_key().token("RS256", kClaims, R"(,"kid":"rsa","jwk":)" + other_rsa_key().jwk()),
       "signature"},
      {"RsaSignatureOfZeros", rs256_with_signature(std::string(256, '\0')), "signature"},
      {"RsaSignatureOfOne", rs256_with_signature(std::string(255, '\0') + "\1"), "signature"},
      {"RsaSignatureOfOnes", rs256_with_signature(std::string(256, '\xff')), "signature"},
      {"RsaSignatureEmpty", rs256_with_signature(""), "signature"},
      {"RsaSignatureTooLong", rs256_with_signature(std::string(257, '\1')), "signature"},
      {"RsaSignatureHuge", rs256_with_signature(std::string(5000, '\1')), "signature"},
      {"HmacForRsa",
       rs256_with_signature(
           hmac(EVP_sha256(), kSecret, signing_input(R"({"alg":"RS256","kid":"rsa"})", kClaims))),
       "signature"},
      {"EcKeyOfSomebodyElse", unknown_ec().token("ES256", kClaims, R"(,"kid":"ec")"), "signature"},
      {"EcSignatureOfZeros", es256_with_signature(zeros + zeros),
       "signature"},  // CVE-2022-21449, "psychic signatures"
      {"EcSignatureOfZeroAndOne", es256_with_signature(zeros + one), "signature"},
      {"EcSignatureOfOneAndZero", es256_with_signature(one + zeros), "signature"},
      {"EcSignatureOfTheOrder", es256_with_signature(order + order), "signature"},
      {"EcSignatureEmpty", es256_with_signature(""), "signature"},
      {"EcSignatureOfOneByte", es256_with_signature("\1"), "signature"},
      {"EcSignatureTooLong", es256_with_signature(std::string(5000, '\1')), "signature"},
      {"EcSignatureInAsn1", es256_with_signature("\x30\x06\x02\x01\x01\x02\x01\x01"), "signature"},
      {"EcKeyForAnotherCurvesAlgorithm", known_ec().token("ES384", kClaims, R"(,"kid":"ec")"), "unknown key"},
      {"EcTokenWithTheKidOfTheRsaKey", known_ec().token("ES256", kClaims, R"(,"kid":"rsa")"), "unknown key"},
  };
}

std::vector<HostileToken> claims() {
  return {
      {"ClaimsAList", with_claims(R"(["alice"])"), "malformed"},
      {"ClaimsAString", with_claims(R"("alice")"), "malformed"},
      {"ClaimsNull", with_claims("null"), "malformed"},
      {"ClaimsNotJson", with_claims("alice"), "malformed"},
      {"ClaimsNotUtf8", with_claims("{\"userId\":\"\xff\"}"), "malformed"},
      {"ClaimsWithANulByte", with_claims("{\"userId\":\"a\0\"}"s), "malformed"},
      {"ClaimsOfBrackets", with_claims(std::string(6000, '[')), "malformed"},
      {"ClaimsOfNestedLists", with_claims("{\"a\":" + std::string(2900, '[') + std::string(2900, ']') + "}"),
       "malformed"},
      {"UserIdTwice", with_claims(R"({"userId":"alice","userId":"admin"})"), "malformed"},
      {"UserIdTwiceByAnEscape", with_claims(R"({"userId":"alice","user\u0049d":"admin"})"), "malformed"},
      {"ExpTwice", with_claims(R"({"userId":"alice","exp":1,"exp":4100000000})"), "malformed"},
      {"UserIdByPrototype", with_claims(R"({"__proto__":{"userId":"admin"}})"), "user id"},
      {"UserIdTrue", with_claims(R"({"userId":true})"), "user id"},
      {"UserIdAList", with_claims(R"({"userId":["alice"]})"), "user id"},
      {"UserIdAnObject", with_claims(R"({"userId":{"toString":"alice"}})"), "user id"},
      {"UserIdOf5000Bytes", with_claims(R"({"userId":")" + std::string(5000, 'x') + "\"}"), "user id"},
      {"UserIdWithNul", with_claims(R"({"userId":"alice\u0000admin"})"), "user id"},
      {"UserIdHalfASurrogatePair", with_claims(R"({"userId":"\ud83d"})"), "malformed"},
      {"UserIdZero", with_claims(R"({"userId":0})"), "user id"},
      {"UserIdMinusZero", with_claims(R"({"userId":-0})"), "user id"},
      {"UserIdAFraction", with_claims(R"({"userId":42.0})"), "user id"},
      {"UserIdRoundedByBrowsers", with_claims(R"({"userId":9007199254740993})"), "user id"},
      {"UserIdThatWrapsTo42", with_claims(R"({"userId":18446744073709551658})"), "malformed"},
      {"UserIdInfinite", with_claims(R"({"userId":1e999})"), "malformed"},
      {"ExpThatWrapsIntoTheFuture", with_claims(R"({"userId":"alice","exp":-9223372036854775808})"),
       "expired"},
      {"ExpInMillisecondsOfThePast", with_claims(R"({"userId":"alice","exp":1.7e9})"), "expired"},
      {"ExpAString", with_claims(R"({"userId":"alice","exp":"4100000000"})"), "claims"},
      {"ExpNull", with_claims(R"({"userId":"alice","exp":null})"), "claims"},
      {"ExpBeyond64Bits", with_claims(R"({"userId":"alice","exp":99999999999999999999})"), "malformed"},
      {"NbfFarAway", with_claims(R"({"userId":"alice","nbf":1e308})"), "not yet valid"},
      {"NbfAnObject", with_claims(R"({"userId":"alice","nbf":{}})"), "claims"},
  };
}

class HostileTokens : public ::testing::TestWithParam<HostileToken> {};

TEST_P(HostileTokens, IsRefused) {
  static const JwtVerifier kTested(
      all_algorithms(),
      keys(kSecret, jwks({rsa_key().jwk(R"(,"kid":"rsa")"), known_ec().jwk(R"(,"kid":"ec")")})));
  // The control: the same verifier takes good tokens, so a refusal means something.
  ASSERT_EQ(outcome(kTested.check(good_token(), kNow)), "user alice");
  EXPECT_EQ(outcome(kTested.check(GetParam().token, kNow)), GetParam().refused_as);
}

const auto kName = [](const ::testing::TestParamInfo<HostileToken>& test) {
  return std::string(test.param.name);
};
INSTANTIATE_TEST_SUITE_P(Junk, HostileTokens, ::testing::ValuesIn(junk()), kName);
INSTANTIATE_TEST_SUITE_P(Shapes, HostileTokens, ::testing::ValuesIn(broken_shapes()), kName);
INSTANTIATE_TEST_SUITE_P(Headers, HostileTokens, ::testing::ValuesIn(headers()), kName);
INSTANTIATE_TEST_SUITE_P(Signatures, HostileTokens, ::testing::ValuesIn(signatures()), kName);
INSTANTIATE_TEST_SUITE_P(Claims, HostileTokens, ::testing::ValuesIn(claims()), kName);

TEST(EveryCutOfAToken, IsRefused) {
  const JwtVerifier tested = verifier();
  const std::string& good = good_token();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(tested.check(std::string_view(good).substr(0, size), kNow)) << size;
  }
}

TEST(EveryOtherByteAnywhereInAToken, IsRefused) {
  // Goal: no byte of a token may change unnoticed. Method: all 255 others, at every place: one text, one
  // meaning.
  const JwtVerifier tested = verifier();
  const std::string& good = good_token();
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (int other = 1; other < 256; ++other) {
      std::string changed = good;
      changed[place] = static_cast<char>(static_cast<unsigned char>(changed[place]) ^ other);
      EXPECT_FALSE(tested.check(changed, kNow)) << place << " " << other;
    }
  }
}

}  // namespace
}  // namespace zvonok::auth
