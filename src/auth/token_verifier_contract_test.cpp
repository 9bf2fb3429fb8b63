// The verifier of JSON Web Tokens keeps the promises of its port.
#include "ports/token_verifier_contract.hpp"

#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

struct JwtAdapter {
  ports::TokenVerifier& verifier() { return jwt; }
  static std::string token(const std::string& user, ports::IdForm form,
                           std::optional<base::WallTime> expires_at) {
    std::string claims = R"({"userId":)" + (form == ports::IdForm::kInteger ? user : '"' + user + '"');
    if (expires_at)
      claims += R"(,"exp":)" + std::to_string(expires_at->time_since_epoch() / base::seconds(1));
    return testing::with_claims(claims + "}");
  }
  JwtVerifier jwt = testing::verifier();
};

}  // namespace
}  // namespace zvonok::auth

namespace zvonok::ports {
INSTANTIATE_TYPED_TEST_SUITE_P(Jwt, TokenVerifierContract, auth::JwtAdapter);
}  // namespace zvonok::ports
