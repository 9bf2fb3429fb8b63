// Logging in by a code, over HTTP: reads what a request says, asks accounts::Login, words the answer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/login.hpp"
#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "http/route.hpp"

namespace zvonok::http {

struct LoginRoutesSettings {
  std::string default_country;              // ISO 3166-1; empty: none
  bool to_phones = true, to_emails = true;  // whether codes can be sent to such addresses
};

struct LoginRoutesPorts {
  accounts::Login& login;
  std::function<base::WallTime()> wall_now;
  std::function<base::MonoTime()> mono_now;
  /// Calls it after that time, on the loop.
  std::function<void(base::Duration, std::function<void()>)> after;
  /// By whom limits count a request; nullopt: none does.
  std::function<std::optional<base::IpAddress>(const Request&)> limited_client;
  /// Whether whoever asks may see the code in the answer, given the `key` of the body: with --dev, on this
  /// machine.
  std::function<bool(const Request&, std::string_view key)> may_see_code;
};

/// Outlives the server's requests.
class LoginRoutes {
 public:
  LoginRoutes(LoginRoutesSettings settings, LoginRoutesPorts ports)
      : settings_(std::move(settings)), ports_(std::move(ports)) {}

  std::vector<Route> routes();

  /// An answer to `/api/auth/code` leaves so long after its request: what the server did in that time, and
  /// for whom, shows in no answer.
  static constexpr base::Duration kCodeAnswerAfter{250};

 private:
  void ask_for_code(const Request& request, const Reply& reply);
  void verify(const Request& request, const Reply& reply);
  void look_at_invite(const Request& request, const Reply& reply);
  void refresh(const Request& request, const Reply& reply);
  void log_out(const ports::Identity& identity, const Reply& reply);
  Response too_many_tries(base::WallTime again_at) const;

  const LoginRoutesSettings settings_;
  const LoginRoutesPorts ports_;
};

}  // namespace zvonok::http
