// Whether a relay on this machine really gives an allocation to a credential of ours. A plain STUN request
// would be answered by anybody who holds the port.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "turn/credentials.hpp"
#include "turn/stun_message.hpp"

namespace zvonok::turn {

/// Each attempt is a user of its own, or the quota of a user could stand in its way. No name that we give to
/// a person begins like this.
inline constexpr std::string_view kProbeUserPrefix = "probe-";

struct Probe {
  unsigned short port = 0;       // on 127.0.0.1
  Secret secret;                 // of the relay
  std::int64_t valid_until = 0;  // Unix time
  AddressFamily family{};        // of the relayed address
};

struct ProbeFailure {
  std::string text;  // a clause
  bool answered;     // the relay lives and says no
};

/// Over UDP and over TCP, waiting at most that long for each answer; gives the allocation back.
base::Result<void, ProbeFailure> try_allocation(const Probe& probe, base::Duration patience);

struct Answers {
  bool udp = false, tcp = false;
};

/// Over which of the two it answers, be it with a refusal: it may have no port left. Waits as try_allocation.
Answers who_answers(const Probe& probe, base::Duration patience);

}  // namespace zvonok::turn
