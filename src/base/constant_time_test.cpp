#include "base/constant_time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace zvonok::base {
namespace {

TEST(ConstantTime, ComparesTexts) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  for (const auto* other : {"", "ab", "abcd", "abd", "Abc", "ab\xff"})
    EXPECT_FALSE(equal_in_constant_time("abc", other));
  EXPECT_FALSE(equal_in_constant_time(std::string("a\0b", 3), std::string("a\0c", 3)));
}

}  // namespace
}  // namespace zvonok::base
