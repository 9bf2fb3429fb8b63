#include "http/authenticator.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/test_requests.hpp"
#include "ports/fake_token_verifier.hpp"

namespace zvonok::http {
namespace {

using ::testing::ElementsAre;
using testing::get;
using testing::header_of;

class AuthenticatorTest : public ::testing::Test {
 protected:
  std::optional<Response> ask(const std::string& authorization) {
    answered_later = std::make_shared<std::optional<Response>>();
    const Reply reply = [later = answered_later](Response response) { *later = std::move(response); };
    authenticator.check(get("/api/me", {{"Authorization", authorization}}), reply,
                        [reply](const Request& request, const ports::Identity& identity) {
                          reply({.status = 200, .body = identity.user + " at " + request.path});
                        });
    return *answered_later;
  }

  ports::FakeTokenVerifier verifier;
  std::vector<ports::TokenError> reasons;
  std::size_t bad_tokens_max = 100;
  std::shared_ptr<std::optional<Response>> answered_later;
  Authenticator authenticator{{.verifier = verifier,
                               .wall_now = [] { return base::WallTime(base::seconds(1)); },
                               .note_refused_token =
                                   [this](const Request&, const ports::TokenRefusal& refusal) {
                                     reasons.push_back(refusal.error);
                                     return reasons.size() <= bad_tokens_max;
                                   }}};
};

TEST_F(AuthenticatorTest, LetsNobodyInWithoutAGoodToken) {
  for (const std::string authorization : {"", "Bearer ", "Bearer nonsense", "Basic YTpi"}) {
    const auto response = ask(authorization);
    EXPECT_EQ(response->status, 401u) << authorization;
    EXPECT_EQ(header_of(*response, "WWW-Authenticate"), "Bearer");
  }
  using ports::TokenError;
  EXPECT_THAT(reasons, ElementsAre(TokenError::kMissing, TokenError::kMissing, TokenError::kMalformed,
                                   TokenError::kMissing));
  bad_tokens_max = 0;
  EXPECT_EQ(ask("Bearer nonsense")->status, 429u);
  EXPECT_EQ(ask("Bearer " + verifier.issue("anna"))->status, 200u) << "a valid one is always let in";
}

TEST_F(AuthenticatorTest, SaysWhoItIs) {
  EXPECT_EQ(ask("bearer " + verifier.issue("anna"))->body, "anna at /api/me");
}

TEST_F(AuthenticatorTest, AnswersLaterWhenTheVerdictComesLater) {
  verifier.answer_later();
  EXPECT_FALSE(ask("Bearer " + verifier.issue("anna")));
  verifier.answer_waiting();
  EXPECT_EQ((*answered_later)->status, 200u);
}

}  // namespace
}  // namespace zvonok::http
