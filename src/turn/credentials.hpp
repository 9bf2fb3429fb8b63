// TURN credentials that need no account: name and password follow from a secret that we share with the relay
// ("A REST API For Access To TURN Services", draft-uberti-behave-turn-rest-00, which coturn calls
// use-auth-secret).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/redacted.hpp"
#include "ports/turn_credentials.hpp"

namespace zvonok::turn {

using Secret = base::Redacted<std::string>;

struct Credential {
  std::string username;  // EXPIRY:HASH, short ASCII whatever the user's id is
  std::string password;
};

/// Works from `now` to `now` + `ttl`. coturn counts a user's allocations by what stands behind the colon, so
/// the hash is the same for a user as long as the secret is. It is keyed: a relay's log names nobody.
Credential make_credential(const Secret& secret, std::string_view user, base::WallTime now,
                           base::Duration ttl);

/// The password that opens the relay to that name, EXPIRY:ANYTHING.
std::string password_of(const Secret& secret, std::string_view username);

/// The URLs of one relay, handed out with a credential of their own for each user.
class SharedSecretCredentials final : public ports::TurnCredentials {
 public:
  /// `urls`: at most four (browsers warn above); those of `stun:` need no credential and go without.
  SharedSecretCredentials(std::vector<std::string> urls, Secret secret, base::Duration ttl);

  ports::IceServers issue(std::string_view user, base::WallTime now) const override;
  /// What was handed out before still opens what knows the old secret.
  void replace_secret(Secret secret) { secret_ = std::move(secret); }

 private:
  std::vector<std::string> stun_urls_, turn_urls_;
  Secret secret_;
  base::Duration ttl_;
};

/// There is no relay.
class NoRelay final : public ports::TurnCredentials {
 public:
  explicit NoRelay(base::Duration ttl) : ttl_(ttl) {}
  ports::IceServers issue(std::string_view /*user*/, base::WallTime /*now*/) const override {
    return {.servers = {}, .ttl = ttl_};
  }

 private:
  base::Duration ttl_;
};

}  // namespace zvonok::turn
