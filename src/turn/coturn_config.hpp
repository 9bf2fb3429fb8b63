// The configuration that coturn is started with.
#pragma once

#include <string>
#include <vector>

#include "base/ip_address.hpp"
#include "base/redacted.hpp"
#include "turn/relay_plan.hpp"

namespace zvonok::turn {

struct PortRange {
  unsigned short first = 0, last = 0;
};

struct CoturnSettings {
  RelayWishes wishes;  // its host is the realm, too: without one coturn refuses everybody
  base::Redacted<std::string> secret;
  unsigned short port = 0;
  PortRange relay_ports{};
  unsigned user_quota = 0;
  std::string log_mark;  // begins each line of its log, and nobody else knows it; neither blank, colon nor %
  std::string state_folder;  // absolute; coturn keeps a database without secrets there, and its process id
};

/// The text of turnserver.conf. It holds the secret.
std::string coturn_config(const CoturnSettings& settings, const RelayPlan& plan);

}  // namespace zvonok::turn
