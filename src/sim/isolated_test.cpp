#include "sim/isolated.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace zvonok::sim {
namespace {

TEST(Isolated, SaysWhatTheWorkSaid) {
  EXPECT_EQ(run_isolated([](const auto&) { return true; }, true).exit, Exit::kTrue);
  EXPECT_EQ(run_isolated([](const auto&) { return false; }, true).exit, Exit::kFalse);
}

TEST(Isolated, SurvivesACrashAndKnowsWhereItWas) {
  const auto result = run_isolated(
      [](const auto& report) -> bool {
        for (std::uint64_t i = 0; i < 100'000; ++i) report(i);  // more than a pipe holds
        std::abort();
      },
      true);
  EXPECT_EQ(result.exit, Exit::kCrashed);
  EXPECT_EQ(result.last_report, 99'999U);
}

}  // namespace
}  // namespace zvonok::sim
