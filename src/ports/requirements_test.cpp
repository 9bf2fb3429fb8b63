// Skipping is for machines of people; in CI it would be a test that nobody ran.
#include <gtest/gtest-spi.h>

#include "ports/test_requirements.hpp"

namespace zvonok::ports {
namespace {

class RequirementsTest : public ::testing::Test {
 protected:
  ~RequirementsTest() override { set(was_); }
  /// Null: not set at all.
  static void set(const std::string* value) {
    value != nullptr ? ::setenv("CI", value->c_str(), 1) : ::unsetenv("CI");
  }
  static void set(const std::optional<std::string>& value) { set(value ? &*value : nullptr); }

 private:
  static std::optional<std::string> ci() {
    const char* value = std::getenv("CI");
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  }
  const std::optional<std::string> was_ = ci();
};

TEST_F(RequirementsTest, FailInCi) {
  set(std::optional<std::string>("true"));
  EXPECT_TRUE(is_ci());
  EXPECT_FATAL_FAILURE(skip_for_want_of("a thing"), "not here: a thing");
}

TEST_F(RequirementsTest, AreLeftToPeopleElsewhere) {
  for (const auto& value :
       {std::optional<std::string>(), std::optional<std::string>(""), std::optional<std::string>("false")}) {
    set(value);
    EXPECT_FALSE(is_ci());
  }
}

}  // namespace
}  // namespace zvonok::ports
