// Skipping is for machines of people; in CI it would be a test that nobody ran.
#include <gtest/gtest-spi.h>

#include <optional>

#include "ports/test_requirements.hpp"

namespace zvonok::ports {
namespace {

class RequirementsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const char* value = std::getenv("CI")) before_ = value;
  }
  void TearDown() override { set(before_); }

  static void set(const std::optional<std::string>& value) {
    value ? ::setenv("CI", value->c_str(), 1) : ::unsetenv("CI");
  }

 private:
  std::optional<std::string> before_;
};

TEST_F(RequirementsTest, FailInCi) {
  set("true");
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
