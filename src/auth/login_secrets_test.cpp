#include "auth/login_secrets.hpp"

#include <gtest/gtest.h>

#include <array>

#include "ports/login_secrets_contract.hpp"

namespace zvonok::auth {
namespace {

using Secret = base::Redacted<std::string>;

struct Ours {
  ports::LoginSecrets& secrets() { return made; }
  void change_secret() {
    const auto next = "secret" + std::to_string(++changed);
    made.replace(Secret(next), Secret(now));
    now = next;
  }
  int changed = 0;
  std::string now = "secret0";
  LoginSecrets made{Secret("secret0"), Secret("")};
};

// Goal: the keys and the texts that are signed are those of the design, and HMAC is that of RFC 2104: codes
// and sessions that an older version has made stay good. Method: the expected ones were made by Python's
// hmac, whose answers to RFC 4231 are known to be right:
//   key = hmac(secret, b"zvonok login code 1"); hmac(key, b"+79990000001\0" b"012345").hex()
//   key = hmac(secret, b"zvonok refresh token 1"); base64url(hmac(key, b"session\0" b"7"))
TEST(LoginSecretsTest, AreWhatAnotherImplementationMakes) {
  const LoginSecrets secrets{Secret("Jefe"), Secret(std::string(20, '\x0b'))};
  const auto hashes = secrets.code_hashes("+79990000001", "012345");
  ASSERT_EQ(hashes.size(), 2u);
  EXPECT_EQ(hashes[0], "ce85ad9de8ab38e9438a7b36614f7f8a4520966de46e2bdfc94725126921dc8c");
  EXPECT_EQ(hashes[1], "7eb16574d8f07ff5349da99de2758124efe6ddf807009fefb4883bafd44e53ff");
  EXPECT_EQ(secrets.sign_refresh("session", 7), "cGU8rCvfiUfI2JnLm79Lbnms_e0xbiS0YxDXk4U-HqY");
  EXPECT_TRUE(secrets.is_refresh_signature("session", 7, "cZh_15fHt6PfhDO14Krzv49vgTlxPs02waAzb1opvBg"))
      << "by the previous secret";
}

// FIPS 180-4's example of one block.
TEST(LoginSecretsTest, HashAnInvitationBySha256) {
  EXPECT_EQ(invite_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(LoginSecretsTest, TakeAPreviousSecretAloneForTheOneInForce) {
  const LoginSecrets alone{Secret(""), Secret("secret")};
  const LoginSecrets both{Secret("secret"), Secret("")};
  EXPECT_EQ(alone.sign_refresh("session", 1), both.sign_refresh("session", 1));
  EXPECT_EQ(alone.code_hashes("a", "b"), both.code_hashes("a", "b"));
}

TEST(LoginSecretsTest, SignWithAnotherKeyThanTheyHashCodesWith) {
  const LoginSecrets secrets{Secret("secret"), Secret("")};
  EXPECT_NE(secrets.code_hashes("a", "1").front(), secrets.invite_hash("a"));
  EXPECT_FALSE(secrets.is_refresh_signature("a", 1, secrets.code_hashes("a", "1").front()));
}

TEST(LoginSecretsTest, DrawAsMuchChanceAsIsAskedFor) {
  EXPECT_EQ(random_base64url(0), "");
  EXPECT_EQ(random_base64url(1).size(), 2u);
  EXPECT_EQ(random_base64url(16).size(), 22u);
  EXPECT_EQ(random_base64url(32).size(), 43u);
}

// Goal: a code is as good as any other; those that begin with 0 are no rarer.
// Method: of 20,000 a tenth begins with each digit, and ends with it. The bounds are five standard deviations
// from it: a right generator falls outside once in 85,000 runs, and one that never draws a leading zero
// always.
TEST(LoginSecretsTest, DrawCodesUniformly) {
  LoginSecrets secrets{Secret("secret"), Secret("")};
  std::array<int, 10> first{}, last{};
  for (int i = 0; i < 20'000; ++i) {
    const auto code = secrets.random_code();
    ++first.at(static_cast<std::size_t>(code.front() - '0'));
    ++last.at(static_cast<std::size_t>(code.back() - '0'));
  }
  for (const auto* counts : {&first, &last}) {
    for (const int count : *counts) {
      EXPECT_GE(count, 2'000 - 212);
      EXPECT_LE(count, 2'000 + 212);
    }
  }
  EXPECT_NEAR(first[0] / 20'000.0, 0.1, 0.011);
}

}  // namespace
}  // namespace zvonok::auth

namespace zvonok::ports {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Ours, LoginSecretsContract, auth::Ours);

}  // namespace
}  // namespace zvonok::ports
