// The loads that can be put on a server. Each prints its result as one line of JSON.
#pragma once

#include "options.hpp"

namespace zvonok::bench {

/// As many messages as go through in a time, each pair passing its messages to and fro: `burst` of them in
/// one send, and the next when they have arrived.
void relay_load(const Options& options);
/// Messages at a fixed rate, whatever the server does with them; how long each took.
void latency_load(const Options& options);
/// Authenticated WebSocket handshakes, `in_flight` at a time.
void handshake_load(const Options& options);
/// Connections that are opened and then do nothing.
void idle_load(const Options& options);

}  // namespace zvonok::bench
