// Oneself and the others, over HTTP: asks accounts::Profiles, words the answer.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "accounts/profiles.hpp"
#include "base/time.hpp"
#include "http/route.hpp"
#include "http/user_rates.hpp"

namespace zvonok::http {

struct UserRoutesPorts {
  accounts::Profiles& profiles;
  std::function<base::WallTime()> wall_now;
  std::function<base::MonoTime()> mono_now;
};

/// Outlives the server's requests.
class UserRoutes {
 public:
  explicit UserRoutes(UserRoutesPorts ports) : ports_(std::move(ports)) {}

  std::vector<Route> routes();

 private:
  void me(const Call& call, const Reply& reply);
  void change_me(const Call& call, const Reply& reply);
  void search(const Call& call, const Reply& reply);
  void user(const Call& call, const Reply& reply);

  const UserRoutesPorts ports_;
  // Somebody who types looks a few times for each person whom they call; a harvester of names is slow.
  UserRates searches_{base::Rate::per(30, base::minutes(1), 30)};
  // A list of recent people is looked up as a whole.
  UserRates lookups_{base::Rate::per(120, base::minutes(1), 120)};
};

}  // namespace zvonok::http
