// Whether the ports that a relay is to have are free: coturn starts without the ones that are not, and says
// so to nobody.
#pragma once

#include <vector>

#include "base/ip_address.hpp"
#include "base/result.hpp"

namespace zvonok::turn {

/// The error is the first address on which UDP or TCP is taken. An address that this machine does not have is
/// none.
base::Result<void, base::IpAddress> check_port(unsigned short port,
                                               const std::vector<base::IpAddress>& addresses);

}  // namespace zvonok::turn
