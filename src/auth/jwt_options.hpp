// What the operator decides about tokens.
#pragma once

#include <string>
#include <vector>

#include "auth/algorithm.hpp"
#include "auth/key_set.hpp"
#include "base/redacted.hpp"
#include "base/time.hpp"

namespace zvonok::auth {

/// More would keep tokens alive that their issuer thinks dead; clocks of servers differ by less.
inline constexpr base::Duration kLeewayMax = base::seconds(30);

struct JwtOptions {
  std::vector<Algorithm> algorithms{Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512};
  base::Duration leeway{0};            // 0 to kLeewayMax, for exp and nbf alike
  std::string issuer;                  // empty: `iss` is not looked at
  std::vector<std::string> audiences;  // a token for any one of them is for us; empty: `aud` is not looked at
};

/// What may change while we run. Rotation of the secret: the new one becomes `secret`, the old one
/// `previous_secret`.
struct JwtKeys {
  base::Redacted<std::string> secret;           // empty: none, so no HS token is accepted
  base::Redacted<std::string> previous_secret;  // empty: none
  KeySet key_set;
};

}  // namespace zvonok::auth
