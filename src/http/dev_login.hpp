// `POST /api/dev/login`: a token for whoever asks, so that one can try the product without an application
// around it. Only with --dev, and only for somebody who sits at this machine (or holds the key of --lan):
// else a proxy beside us, or any web page by DNS rebinding, could log in as anybody.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/ip_address.hpp"
#include "base/redacted.hpp"
#include "base/time.hpp"
#include "http/route.hpp"
#include "ports/token_signer.hpp"

namespace zvonok::http {

struct DevLoginSettings {
  /// With --lan: who shows it may come from another machine, over TLS. Empty: nobody may.
  base::Redacted<std::string> lan_key;
  /// The addresses of this machine that Host may name with --lan.
  std::vector<base::IpAddress> own_addresses;
};

class DevLogin {
 public:
  DevLogin(DevLoginSettings settings, const ports::TokenSigner& signer)
      : settings_(std::move(settings)), signer_(signer) {}

  Route route(std::function<base::WallTime()> wall_now) const;

  /// `{name, key?}` → `{token}`, whose `userId` is the name.
  Response answer(const Request& request, base::WallTime now) const;

  /// Whether whoever asks sits at this machine, or shows the key of --lan.
  bool is_allowed(const Request& request, std::string_view key) const;

 private:
  const DevLoginSettings settings_;
  const ports::TokenSigner& signer_;
};

}  // namespace zvonok::http
