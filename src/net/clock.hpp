// The two clocks, read. Outside src/net and src/app time is a parameter.
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace zvonok::net {

inline base::MonoTime mono_now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return base::MonoTime(std::chrono::duration_cast<base::Duration>(since));
}

inline base::WallTime wall_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return base::WallTime(std::chrono::duration_cast<base::Duration>(since));
}

}  // namespace zvonok::net
