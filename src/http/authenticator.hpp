// Whose request is it? Asks the verifier of tokens, and answers for a token that is none.
#pragma once

#include <functional>

#include "base/time.hpp"
#include "http/request.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::http {

struct AuthenticatorPorts {
  ports::TokenVerifier& verifier;
  std::function<base::WallTime()> wall_now;
  /// Counts a refused token against the client's address, and logs it; false: that has tried too many.
  std::function<bool(const Request&, const ports::TokenRefusal&)> note_refused_token;
};

class Authenticator {
 public:
  explicit Authenticator(AuthenticatorPorts ports) : ports_(std::move(ports)) {}

  /// Calls `accepted` for a request with `Authorization: Bearer TOKEN`, at once or later; else replies 401 or
  /// 429. It must outlive the server's requests.
  void check(const Request& request, const Reply& reply,
             std::function<void(const Request&, const ports::Identity&)> accepted) const;

 private:
  const AuthenticatorPorts ports_;
};

}  // namespace zvonok::http
