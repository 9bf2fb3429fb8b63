// Whether a relay on this machine really gives an allocation to a credential of ours. A plain STUN request
// would be answered by anybody who holds the port.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "turn/stun_message.hpp"

namespace zvonok::turn {

struct Probe {
  unsigned short port = 0;  // on 127.0.0.1
  std::string username, password;
  AddressFamily family{};  // of the relayed address
};

/// Over UDP and over TCP, waiting at most that long for each answer; gives the allocation back. The error is
/// a clause.
base::Result<void, std::string> try_allocation(const Probe& probe, base::Duration patience);

}  // namespace zvonok::turn
