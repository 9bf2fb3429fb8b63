// The fake keeps the promises that tests take from it.
#include "ports/fake_login_secrets.hpp"

#include "ports/login_secrets_contract.hpp"

namespace zvonok::ports {
namespace {

struct Fake {
  LoginSecrets& secrets() { return fake; }
  void change_secret() { fake.change_secret(); }
  FakeLoginSecrets fake;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Fake, LoginSecretsContract, Fake);

TEST(FakeLoginSecrets, CountsUp) {
  FakeLoginSecrets fake;
  EXPECT_EQ(fake.random_code(), "000001");
  EXPECT_EQ(fake.random_code(), "000002");
  EXPECT_EQ(fake.random_text(16), "chance-1");
}

}  // namespace
}  // namespace zvonok::ports
