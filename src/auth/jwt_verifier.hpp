// Checks JSON Web Tokens with the keys of the configuration: ports::TokenVerifier.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "auth/jwt_options.hpp"
#include "auth/verification_key.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::auth {

/// On the event loop's thread only.
class JwtVerifier final : public ports::TokenVerifier {
 public:
  /// The leeway must be within 0..kLeewayMax: whoever reads the configuration checks that.
  JwtVerifier(JwtOptions options, JwtKeys keys);

  /// Calls `done` before it returns, unless more keys are asked for.
  void verify(std::string_view token, base::WallTime now,
              std::function<void(ports::TokenVerdict)> done) override;

  /// The same as a plain function.
  ports::TokenVerdict check(std::string_view token, base::WallTime now) const;

  /// From the next token on only these count (SIGHUP). Whoever is connected stays so.
  void replace_keys(JwtKeys keys);
  void replace_secrets(const base::Redacted<std::string>& current,
                       const base::Redacted<std::string>& previous);
  void replace_key_set(KeySet key_set) { key_set_ = std::move(key_set); }
  /// With other keys other algorithms may be allowed.
  void replace_algorithms(std::vector<Algorithm> algorithms) { options_.algorithms = std::move(algorithms); }

  /// Where more keys may come from for a `kid` that is not known. False: there is nothing to wait for; else
  /// `then` is called once, later, and the token is looked at again.
  using MoreKeys = std::function<bool(const std::string& kid, std::function<void()> then)>;
  void set_more_keys(MoreKeys more_keys) { more_keys_ = std::move(more_keys); }

 private:
  struct Examined {
    ports::TokenVerdict verdict;
    std::optional<std::string> unknown_kid;  // of a token that would be good if it were signed by that key
  };
  Examined examine(std::string_view token, base::WallTime now) const;

  // Given to us.
  JwtOptions options_;
  MoreKeys more_keys_;

  // Ours.
  std::vector<VerificationKey> secrets_;  // the current one first
  KeySet key_set_;
};

}  // namespace zvonok::auth
