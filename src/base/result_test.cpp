#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace zvonok::base {
namespace {

enum class Error : std::uint8_t { kSmall, kLarge };

Result<std::string, Error> greet(bool well) {
  if (!well) return Unexpected{Error::kLarge};
  return std::string("hello");
}

TEST(Result, HoldsAValueAfterSuccess) {
  auto result = greet(true);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(*result, "hello");
  EXPECT_EQ(result->size(), 5U);
  result.value() = "changed";
  EXPECT_EQ(*result, "changed");
}

TEST(Result, HoldsTheErrorAfterAFailure) {
  const auto result = greet(false);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), Error::kLarge);
}

TEST(Result, GivesUpAValueThatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>, Error> result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Result, TellsValueAndErrorApartWhenTheyHaveOneType) {
  const Result<int, int> good(1);
  const Result<int, int> bad(Unexpected{1});
  EXPECT_TRUE(good.has_value());
  EXPECT_FALSE(bad.has_value());
}

TEST(Result, OfNothingSaysOnlyThatItSucceeded) {
  const Result<void, Error> good;
  const Result<void, Error> bad(Unexpected{Error::kSmall});
  EXPECT_TRUE(good);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), Error::kSmall);
}

TEST(ResultDeathTest, ReadingWhatIsNotThereIsABug) {
  const auto bad = greet(false);
  EXPECT_DEATH((void)bad.value(), "assertion failed");
  EXPECT_DEATH((void)*bad, "assertion failed");
  const auto good = greet(true);
  EXPECT_DEATH((void)good.error(), "assertion failed");
}

}  // namespace
}  // namespace zvonok::base
