// Whose request is it, when a proxy stands between? Only proxies that the operator trusts may say.
#pragma once

#include <vector>

#include "base/ip_address.hpp"
#include "http/request.hpp"

namespace zvonok::http {

/// The address that limits count by. X-Forwarded-For is read from its end, as long as the hops are trusted;
/// the first that is not is the client. An entry that is no address ends the walk at the hop that wrote it:
/// garbage is never a new client.
base::IpAddress client_address(const Request& request, const std::vector<base::IpRange>& trusted_proxies);

bool is_in(const std::vector<base::IpRange>& ranges, const base::IpAddress& address);

}  // namespace zvonok::http
