// A file of ours in the data folder that is replaced as a whole.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zvonok::app {

/// Nobody ever reads a half of it, and only we may read it (mode 0600). Makes the folder. After a power
/// failure it may hold the old text. The error is a whole sentence.
base::Result<void, std::string> replace_file(const std::string& path, std::string_view text);

}  // namespace zvonok::app
