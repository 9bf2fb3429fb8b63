#include "http/authenticator.hpp"

#include <utility>

#include "http/bearer.hpp"
#include "http/error.hpp"

namespace zvonok::http {
namespace {

Response unauthorized() {
  Response response = error_response(Error::kUnauthorized);
  response.headers.push_back({"WWW-Authenticate", "Bearer"});  // RFC 6750 section 3
  return response;
}

}  // namespace

void Authenticator::check(const Request& request, const Reply& reply,
                          std::function<void(const Request&, const ports::Identity&)> accepted) const {
  ports_.verifier.verify(
      bearer_token(request), ports_.wall_now(),
      [this, request, reply, accepted = std::move(accepted)](const ports::TokenVerdict& verdict) {
        if (verdict) return accepted(request, *verdict);
        const bool few = ports_.note_refused_token(request, verdict.error());
        reply(few ? unauthorized() : error_response(Error::kTooManyBadTokens));
      });
}

}  // namespace zvonok::http
