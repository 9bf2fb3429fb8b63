// The fake keeps the promises that tests take from it.
#include "ports/fake_token_verifier.hpp"

#include "ports/token_verifier_contract.hpp"

namespace zvonok::ports {
namespace {

struct Fake {
  TokenVerifier& verifier() { return fake; }
  std::string token(std::string_view user, IdForm form, std::optional<base::WallTime> expires_at) {
    return fake.issue(user, form, expires_at);
  }
  FakeTokenVerifier fake;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Fake, TokenVerifierContract, Fake);

TEST(FakeTokenVerifier, AnswersLaterWhenToldTo) {
  FakeTokenVerifier fake;
  const auto token = fake.issue("alice");
  fake.answer_later();
  int answers = 0;
  fake.verify(token, base::WallTime{}, [&](const TokenVerdict& verdict) { answers += verdict ? 1 : 100; });
  EXPECT_EQ(answers, 0);
  fake.answer_waiting();
  fake.answer_waiting();
  EXPECT_EQ(answers, 1);
}

}  // namespace
}  // namespace zvonok::ports
