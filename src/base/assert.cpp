#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace zvonok::base {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "zvonok: assertion failed: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace zvonok::base
