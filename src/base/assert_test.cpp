#include "base/assert.hpp"

#include <gtest/gtest.h>

namespace zvonok::base {
namespace {

TEST(Assert, LetsPassWhatIsTrueAndLooksOnce) {
  int looked = 0;
  ZVONOK_ASSERT(++looked == 1);
  EXPECT_EQ(looked, 1);
}

// The build type must not matter: production stops too.
TEST(AssertDeathTest, StopsWithTheConditionAndItsPlace) {
  EXPECT_DEATH(ZVONOK_ASSERT(1 + 1 == 3), "assertion failed: 1 \\+ 1 == 3 .*assert_test.cpp:[0-9]+");
}

TEST(AssertDeathTest, StopsWhereNobodyShouldCome) {
  EXPECT_DEATH(ZVONOK_UNREACHABLE("a reason"), "a reason");
}

}  // namespace
}  // namespace zvonok::base
