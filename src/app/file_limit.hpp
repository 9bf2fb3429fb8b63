// How many descriptors the process may have, and so how many connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace zvonok::app {

/// Raises the soft limit of open files to the hard one and says how many connections that allows: `wanted` if
/// it is not 0, else all that the limit leaves when our own files are provided for. The error is for the
/// operator.
base::Result<std::size_t, std::string> connections_allowed(std::int64_t wanted);

}  // namespace zvonok::app
