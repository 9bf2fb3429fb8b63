// Many clients that connect, a few at a time, and then say nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client.hpp"
#include "options.hpp"

namespace zvonok::bench {

/// Makes the tokens of `connections` users whose names begin with `users`; raw: none.
std::vector<std::string> make_tokens(const Options& options, std::string_view users);

/// Opens one connection for each token (raw: `options.connections`), `in_flight` at a time, and stops early
/// when `options.duration` is over if `stop` says so.
enum class Stop : bool { kWhenAllAreOpen, kWhenTimeIsUp };
std::vector<Socket> open_crowd(const Options& options, const std::vector<std::string>& tokens, Stop stop);

}  // namespace zvonok::bench
