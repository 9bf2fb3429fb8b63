// What a refused token costs whoever sent it, by whatever request it came: one count, one line, one limit.
#pragma once

#include "base/ip_address.hpp"
#include "net/context.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::net {

/// Counts it in the metrics and against the client's address, and logs the reason (never the token). False:
/// that address has tried too many, and nothing was logged.
bool note_refused_token(Context& context, const base::IpAddress& client, const ports::TokenRefusal& refusal);

}  // namespace zvonok::net
