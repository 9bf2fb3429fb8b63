// Checks JSON Web Tokens with the keys of the configuration: ports::TokenVerifier.
#pragma once

#include "auth/jwt_options.hpp"
#include "auth/verification_key.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::auth {

/// On the event loop's thread only.
class JwtVerifier final : public ports::TokenVerifier {
 public:
  /// The leeway must be within 0..kLeewayMax: whoever reads the configuration checks that.
  JwtVerifier(JwtOptions options, JwtKeys keys);

  /// Calls `done` before it returns.
  void verify(std::string_view token, base::WallTime now,
              std::function<void(ports::TokenVerdict)> done) override;

  /// The same as a plain function.
  ports::TokenVerdict check(std::string_view token, base::WallTime now) const;

  /// From the next token on only these count (SIGHUP). Whoever is connected stays so.
  void replace_keys(JwtKeys keys);
  /// With other keys other algorithms may be allowed.
  void replace_algorithms(std::vector<Algorithm> algorithms) { options_.algorithms = std::move(algorithms); }

 private:
  // Given to us.
  JwtOptions options_;

  // Ours.
  std::vector<VerificationKey> secrets_;  // the current one first
  KeySet key_set_;
};

}  // namespace zvonok::auth
