#include "turn/credentials.hpp"

#include <gmock/gmock.h>

#include "turn/hmac.hpp"

namespace zvonok::turn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Ne;

const base::WallTime kNow{base::seconds(1'700'000'000)};

TEST(Hmac, FollowsTheVectorsOfItsRfcs) {
  // RFC 2202 section 3, test case 2; RFC 4231 section 4.3; RFC 1321 appendix A.5; RFC 4648 section 10.
  EXPECT_EQ(lower_hex(hmac_sha1("Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(lower_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(lower_hex(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(base64("fooba") + base64("foobar") + base64(""), "Zm9vYmE=Zm9vYmFy");
}

TEST(Credential, IsWhatTheRelayWorksOutFromTheNameAndTheSecret) {
  const auto credential = make_credential(Secret("s3cret"), "anna", kNow, base::hours(1));
  EXPECT_THAT(credential.username, MatchesRegex("1700003600:[0-9a-f]{32}"));
  EXPECT_EQ(credential.password, base64(hmac_sha1("s3cret", credential.username)));
}

TEST(Credential, CountsAPersonAsOneWheneverItWasMade) {
  const auto name = [](std::string_view secret, std::string_view user, base::Duration later) {
    const auto made =
        make_credential(Secret(std::string(secret)), user, kNow + later, base::hours(1)).username;
    return made.substr(made.find(':'));
  };
  EXPECT_EQ(name("s", "anna", {}), name("s", "anna", base::hours(5)));
  EXPECT_THAT(name("s", "al", {}), Ne(name("s", "al:ice", {})));
  EXPECT_THAT(name("s", "anna", {}), Ne(name("t", "anna", {}))) << "a log of the relay names nobody";
  EXPECT_EQ(name("s", "a \"b\"\\\r\n", {}).size(), 33u) << "short ASCII whatever the id is";
  EXPECT_EQ(name("s", std::string(512, 'x'), {}).size(), 33u);
}

TEST(SharedSecretCredentials, GivesStunWithoutAndTurnWithACredential) {
  const SharedSecretCredentials credentials({"stun:h:1", "turn:h:1?transport=udp", "turns:h:2?transport=tcp"},
                                            Secret("s"), base::minutes(10));
  const auto issued = credentials.issue("anna", kNow);
  EXPECT_EQ(issued.ttl, base::minutes(10));
  ASSERT_EQ(issued.servers.size(), 2u);
  EXPECT_THAT(issued.servers[0].urls, ElementsAre("stun:h:1"));
  EXPECT_THAT(issued.servers[0].username + issued.servers[0].credential, IsEmpty());
  EXPECT_THAT(issued.servers[1].urls, ElementsAre("turn:h:1?transport=udp", "turns:h:2?transport=tcp"));
  EXPECT_EQ(issued.servers[1].credential,
            make_credential(Secret("s"), "anna", kNow, base::minutes(10)).password);
}

TEST(SharedSecretCredentials, TakesANewSecret) {
  SharedSecretCredentials credentials({"turn:h:1"}, Secret("old"), base::minutes(10));
  credentials.replace_secret(Secret("new"));
  EXPECT_EQ(credentials.issue("anna", kNow).servers[0].credential,
            make_credential(Secret("new"), "anna", kNow, base::minutes(10)).password);
}

TEST(NoRelay, HasNoServers) {
  EXPECT_THAT(NoRelay(base::hours(1)).issue("anna", kNow).servers, IsEmpty());
}

}  // namespace
}  // namespace zvonok::turn
