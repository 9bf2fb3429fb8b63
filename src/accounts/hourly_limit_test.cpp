#include "accounts/hourly_limit.hpp"

#include <gtest/gtest.h>

namespace zvonok::accounts {
namespace {

using base::hours;
using base::minutes;
using base::seconds;

constexpr base::Duration kInstant{1};

class HourlyLimitTest : public ::testing::Test {
 protected:
  base::MonoTime now{hours(5)};
};

TEST_F(HourlyLimitTest, RefusesOneTooManyInAnHour) {
  HourlyLimit limit(3);
  for (int i = 0; i < 3; ++i, now += minutes(1)) EXPECT_TRUE(limit.try_take(now));
  EXPECT_FALSE(limit.try_take(now));
  now += minutes(57) - kInstant;
  EXPECT_TRUE(limit.is_full(now));
  EXPECT_FALSE(limit.try_take(now));
  now += kInstant;
  EXPECT_FALSE(limit.is_full(now));
  EXPECT_TRUE(limit.try_take(now));
  EXPECT_FALSE(limit.try_take(now)) << "one place has become free, not all";
}

TEST_F(HourlyLimitTest, CountsNoRefusal) {
  HourlyLimit limit(1);
  EXPECT_TRUE(limit.try_take(now));
  for (; now < base::MonoTime(hours(6)); now += minutes(1)) EXPECT_FALSE(limit.try_take(now));
  EXPECT_TRUE(limit.try_take(now));
}

TEST_F(HourlyLimitTest, OfNoneLetsNobodyThrough) {
  HourlyLimit limit(0);
  EXPECT_TRUE(limit.is_full(now));
  EXPECT_FALSE(limit.try_take(now));
}

TEST_F(HourlyLimitTest, TakesBackThePlaceThatWasTakenThen) {
  HourlyLimit limit(2);
  const auto first = now, second = now + seconds(10);
  EXPECT_TRUE(limit.try_take(first));
  EXPECT_TRUE(limit.try_take(second));
  limit.give_back(second);
  limit.give_back(second);
  limit.give_back(base::MonoTime(hours(1)));
  EXPECT_TRUE(limit.try_take(second + seconds(1)));
  EXPECT_FALSE(limit.try_take(second + seconds(2))) << "each place is given back once";
}

TEST_F(HourlyLimitTest, IsEmptyAnHourAfterTheLast) {
  HourlyLimit limit(2);
  EXPECT_TRUE(limit.is_empty(now));
  EXPECT_TRUE(limit.try_take(now));
  EXPECT_FALSE(limit.is_empty(now + hours(1) - kInstant));
  EXPECT_TRUE(limit.is_empty(now + hours(1)));
}

TEST_F(HourlyLimitTest, StandsForEachKeyAlone) {
  HourlyLimits<int> limits(1);
  EXPECT_TRUE(limits.try_take(1, now));
  EXPECT_FALSE(limits.try_take(1, now));
  EXPECT_TRUE(limits.try_take(2, now));
  limits.give_back(1, now);
  limits.give_back(3, now);
  EXPECT_TRUE(limits.try_take(1, now));
  EXPECT_FALSE(limits.try_take(2, now));
  EXPECT_EQ(limits.remembered(), 2u) << "giving back makes no entry";
}

TEST_F(HourlyLimitTest, ForgetsKeysThatHaveNothingToRemember) {
  HourlyLimits<int> limits(1);
  for (int key = 0; key < 1'024; ++key) EXPECT_TRUE(limits.try_take(key, now));
  EXPECT_EQ(limits.remembered(), 1'024u);
  now += hours(1);
  EXPECT_TRUE(limits.try_take(5'000, now));
  EXPECT_EQ(limits.remembered(), 1u);
}

TEST_F(HourlyLimitTest, ForgetsNoKeyThatIsAtItsLimit) {
  constexpr int kKeys = HourlyLimits<int>::kKeysMax;
  HourlyLimits<int> limits(1);
  for (int key = 0; key < kKeys; ++key) EXPECT_TRUE(limits.try_take(key, now));
  for (int key = 0; key < kKeys; key += 99) EXPECT_FALSE(limits.try_take(key, now));
}

TEST_F(HourlyLimitTest, RemembersNoMoreKeysThanItMayAndFindsRoomAgain) {
  constexpr int kKeys = HourlyLimits<int>::kKeysMax;
  HourlyLimits<int> limits(1);
  for (int key = 0; key < kKeys + 9; ++key) EXPECT_TRUE(limits.try_take(key, now));
  EXPECT_EQ(limits.remembered(), HourlyLimits<int>::kKeysMax);
  EXPECT_TRUE(limits.try_take(kKeys, now)) << "not remembered, and not limited";
  EXPECT_FALSE(limits.try_take(0, now));
  now += hours(1);
  EXPECT_TRUE(limits.try_take(kKeys, now));
  EXPECT_FALSE(limits.try_take(kKeys, now));
  EXPECT_EQ(limits.remembered(), 1u);
}

}  // namespace
}  // namespace zvonok::accounts
