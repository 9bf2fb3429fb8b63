// Tests that need what not every machine has: there they are skipped by name, and in CI, where it must be
// there, they fail.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace zvonok::ports {

inline bool is_ci() {
  const char* value = std::getenv("CI");
  return value != nullptr && std::string_view(value) == "true";
}

/// To be called by SetUp, as the last thing that it does.
inline void skip_for_want_of(const std::string& what) {
  if (is_ci()) FAIL() << "not here: " << what;
  GTEST_SKIP() << "not here: " << what;
}

/// What is not here that an adapter needs, if it says so by `static std::string missing()`; empty: nothing.
template <class Adapter>
std::string what_is_missing_for() {
  if constexpr (requires { Adapter::missing(); }) {
    return Adapter::missing();
  } else {
    return {};
  }
}

}  // namespace zvonok::ports
