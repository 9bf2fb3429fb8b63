// The one way in which settings and secrets are read from the file system: bounded, and never waiting. A FIFO
// put in the place of a secret must be an error and not a server that hangs at its start.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace zvonok::app {

/// Reads a regular file whole. The error is the end of the sentence "FILE …", such as "does not exist" or "is
/// a folder".
base::Result<std::string, std::string> read_regular_file(const std::string& path, std::size_t bytes_max);

/// Whether there is anything at that path, readable or not.
bool path_exists(const std::string& path);

}  // namespace zvonok::app
