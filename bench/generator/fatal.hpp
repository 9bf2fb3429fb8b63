// A load that cannot be carried out as asked has no result: it says why and ends the program.
#pragma once

#include <string_view>

namespace zvonok::bench {

[[noreturn]] void fatal(std::string_view what);
/// With the text of errno.
[[noreturn]] void fatal_errno(std::string_view what);

}  // namespace zvonok::bench
