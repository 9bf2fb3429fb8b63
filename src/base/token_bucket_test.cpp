#include "base/token_bucket.hpp"

#include <gtest/gtest.h>

namespace zvonok::base {
namespace {

constexpr Rate kRate{.burst = 3, .interval = Duration{100}};

TEST(TokenBucket, GivesItsBurstAtOnceAndNoMore) {
  TokenBucket bucket;
  const MonoTime now{Duration{5}};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.try_take(kRate, now)) << i;
  EXPECT_FALSE(bucket.try_take(kRate, now));
}

TEST(TokenBucket, GivesOneMorePerInterval) {
  TokenBucket bucket;
  MonoTime now{Duration{5}};
  while (bucket.try_take(kRate, now)) {
  }
  now += Duration{99};
  EXPECT_FALSE(bucket.try_take(kRate, now));
  now += Duration{1};
  EXPECT_TRUE(bucket.try_take(kRate, now));
  EXPECT_FALSE(bucket.try_take(kRate, now));
}

TEST(TokenBucket, SaysHowLongToWait) {
  TokenBucket bucket;
  const MonoTime now{Duration{5}};
  EXPECT_EQ(bucket.wait(kRate, now), Duration{0});
  while (bucket.try_take(kRate, now)) {
  }
  EXPECT_EQ(bucket.wait(kRate, now), Duration{100});
  EXPECT_EQ(bucket.wait(kRate, now + Duration{30}), Duration{70});
  EXPECT_EQ(bucket.wait(kRate, now + Duration{500}), Duration{0});
}

TEST(TokenBucket, ARefusedTryTakesNothing) {
  TokenBucket bucket;
  const MonoTime now{Duration{5}};
  for (int i = 0; i < 100; ++i) (void)bucket.try_take(kRate, now);  // most are refused, which is the point
  EXPECT_TRUE(bucket.try_take(kRate, now + Duration{100}));
}

TEST(TokenBucket, HoldsNoMoreThanItsBurstHoweverLongItRests) {
  TokenBucket bucket;
  MonoTime now{Duration{5}};
  EXPECT_TRUE(bucket.try_take(kRate, now));
  now += std::chrono::hours{1'000};
  int taken = 0;
  while (bucket.try_take(kRate, now)) ++taken;
  EXPECT_EQ(taken, 3);
}

TEST(TokenBucket, IsFullWhenItHasNothingToRemember) {
  TokenBucket bucket;
  const MonoTime now{Duration{5}};
  EXPECT_TRUE(bucket.is_full(now));
  bucket.take(kRate, now);
  EXPECT_FALSE(bucket.is_full(now + Duration{99}));
  EXPECT_TRUE(bucket.is_full(now + Duration{100}));
}

TEST(TokenBucket, WorksAtTheBeginningOfTime) {
  // A new bucket counts from long before any clock's zero.
  EXPECT_TRUE(TokenBucket{}.try_take(kRate, MonoTime{}));
  EXPECT_TRUE(TokenBucket{}.try_take(kRate, MonoTime{Duration{-1'000}}));
}

TEST(Rate, SpreadsItsCountOverThePeriod) {
  EXPECT_EQ(Rate::per(20, std::chrono::minutes{1}, 10).interval, Duration{3'000});
  EXPECT_EQ(Rate::per(20, std::chrono::minutes{1}, 10).burst, 10);
}

TEST(Rate, NeverHasAnIntervalOfZero) {
  EXPECT_EQ(Rate::per(700, std::chrono::seconds{1}, 1).interval, std::chrono::microseconds{1'428});
  EXPECT_EQ(Rate::per(1'000'000, std::chrono::seconds{1}, 1).interval, std::chrono::microseconds{1});
  EXPECT_EQ(Rate::per(10'000'000, std::chrono::seconds{1}, 1).interval, std::chrono::microseconds{1});
  EXPECT_EQ(Rate::per(0, std::chrono::seconds{1}, 1).interval, Duration{1'000});
}

}  // namespace
}  // namespace zvonok::base
