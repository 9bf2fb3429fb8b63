#include "fatal.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace zvonok::bench {

void fatal(std::string_view what) {
  std::fprintf(stderr, "generator: %.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

void fatal_errno(std::string_view what) {
  fatal(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace zvonok::bench
