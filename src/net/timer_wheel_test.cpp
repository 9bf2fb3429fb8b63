// Goal: a deadline is never early, late by at most a tick, and nodes may do anything to each other meanwhile.
// Method: the time is a number here; a test moves it and looks who was called.
#include "net/timer_wheel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <random>
#include <vector>

namespace zvonok::net {
namespace {

using base::Duration;
using base::MonoTime;
using ::testing::ElementsAre;

constexpr MonoTime kStart{base::seconds(1'000)};
constexpr auto kTurn = TimerWheel::kTick * static_cast<std::int64_t>(TimerWheel::kSlots);

class Node final : public TimerNode {
 public:
  explicit Node(std::function<void(MonoTime)> on_due) : on_due_(std::move(on_due)) {}
  void on_timer(MonoTime now) override { on_due_(now); }

 private:
  std::function<void(MonoTime)> on_due_;
};

// A wheel, and nodes that write down when they were called.
class TimerWheelTest : public ::testing::Test {
 protected:
  struct Recorder final : TimerNode {
    void on_timer(MonoTime now) override { calls.push_back(now - kStart); }
    std::vector<Duration> calls;
  };
  // Calls expire as a loop does, never before next_wakeup says so.
  void run_until(MonoTime end) {
    for (auto next = wheel.next_wakeup(); next <= end; next = wheel.next_wakeup()) {
      ASSERT_NE(next, base::kNever);
      wheel.expire(next);
      ASSERT_GT(wheel.next_wakeup(), next) << "the loop would spin";
    }
    wheel.expire(end);
  }
  TimerWheel wheel{kStart};
};

TEST_F(TimerWheelTest, NeverCallsEarlyAndIsLateByAtMostATick) {
  for (const auto in : {0, 1, 63, 64, 65, 127, 128, 1000, 20'000, 45'000}) {
    TimerWheel fresh(kStart);
    Recorder node;
    fresh.schedule(node, kStart + Duration{in});
    MonoTime now = kStart;
    while (node.calls.empty() && now < kStart + base::minutes(2)) fresh.expire(now += Duration{1});
    ASSERT_EQ(node.calls.size(), 1u);
    EXPECT_GE(node.calls[0], Duration{in});
    // A deadline that is due at once is the next tick's.
    EXPECT_LE(node.calls[0], std::max(Duration{in}, Duration{1}) + TimerWheel::kTick);
    EXPECT_FALSE(node.is_scheduled());
  }
}

TEST_F(TimerWheelTest, CallsInTheOrderOfDeadlinesThatAreATickApart) {
  std::vector<int> order;
  Node third([&](MonoTime) { order.push_back(3); });
  Node first([&](MonoTime) { order.push_back(1); });
  Node second([&](MonoTime) { order.push_back(2); });
  wheel.schedule(third, kStart + Duration{300});
  wheel.schedule(first, kStart + Duration{100});
  wheel.schedule(second, kStart + Duration{200});
  wheel.expire(kStart + base::seconds(1));
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_F(TimerWheelTest, CallsOnce) {
  Recorder node;
  wheel.schedule(node, kStart + Duration{100});
  for (int i = 0; i < 100; ++i) wheel.expire(kStart + Duration{64} * i);
  EXPECT_EQ(node.calls.size(), 1u);
}

TEST_F(TimerWheelTest, FollowsADeadlineThatIsMovedEitherWay) {
  Recorder later, sooner;
  wheel.schedule(later, kStart + Duration{100});
  wheel.schedule(sooner, kStart + Duration{5'000});
  wheel.schedule(later, kStart + Duration{3'000});
  wheel.schedule(sooner, kStart + Duration{200});
  wheel.expire(kStart + Duration{2'900});
  EXPECT_TRUE(later.calls.empty());
  EXPECT_EQ(sooner.calls.size(), 1u);
  wheel.expire(kStart + Duration{3'064});
  EXPECT_EQ(later.calls.size(), 1u);
}

TEST_F(TimerWheelTest, ForgetsANodeThatIsCancelledOrDestroyed) {
  Recorder cancelled;
  auto destroyed = std::make_unique<Recorder>();
  wheel.schedule(cancelled, kStart + Duration{100});
  wheel.schedule(*destroyed, kStart + Duration{100});
  wheel.schedule(cancelled, base::kNever);
  EXPECT_FALSE(cancelled.is_scheduled());
  destroyed.reset();
  wheel.expire(kStart + base::seconds(10));
  EXPECT_TRUE(cancelled.calls.empty());
  EXPECT_EQ(wheel.next_wakeup(), base::kNever);
}

TEST_F(TimerWheelTest, LetsANodeScheduleItselfAgain) {
  std::vector<Duration> calls;
  std::optional<Node> node;
  node.emplace([&](MonoTime now) {
    calls.push_back(now - kStart);
    wheel.schedule(*node, now + base::seconds(20));
  });
  wheel.schedule(*node, kStart + base::seconds(20));
  run_until(kStart + base::seconds(61));
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_LE(calls[2], base::seconds(60) + TimerWheel::kTick * 3);
}

// A whole turn later is the very slot that is being emptied.
TEST_F(TimerWheelTest, LetsANodeScheduleItselfIntoItsOwnSlot) {
  int calls = 0;
  std::optional<Node> node;
  node.emplace([&](MonoTime now) {
    ++calls;
    wheel.schedule(*node, now + kTurn);
  });
  wheel.schedule(*node, kStart + TimerWheel::kTick);
  wheel.expire(kStart + TimerWheel::kTick);
  EXPECT_EQ(calls, 1);
  wheel.expire(kStart + kTurn);
  EXPECT_EQ(calls, 1);
  wheel.expire(kStart + kTurn + TimerWheel::kTick);
  EXPECT_EQ(calls, 2);
}

TEST_F(TimerWheelTest, LetsANodeDestroyItself) {
  std::unique_ptr<Node> node;
  node = std::make_unique<Node>([&](MonoTime) { node.reset(); });
  wheel.schedule(*node, kStart + Duration{100});
  wheel.expire(kStart + base::seconds(1));
  EXPECT_EQ(node, nullptr);
  EXPECT_EQ(wheel.next_wakeup(), base::kNever);
}

// Three of one slot; whichever is called first destroys one of the others and moves the other away.
TEST_F(TimerWheelTest, LetsANodeDestroyAndMoveItsNeighbours) {
  for (int first = 0; first < 3; ++first) {
    TimerWheel fresh(kStart);
    std::array<std::unique_ptr<Node>, 3> nodes;
    std::vector<int> called;
    for (int i = 0; i < 3; ++i) {
      nodes[i] = std::make_unique<Node>([&, i](MonoTime now) {
        called.push_back(i);
        if (called.size() > 1) return;
        nodes[(i + 1) % 3].reset();
        fresh.schedule(*nodes[(i + 2) % 3], now + base::seconds(5));
      });
    }
    for (int i = 0; i < 3; ++i) fresh.schedule(*nodes[(first + i) % 3], kStart + Duration{100});
    fresh.expire(kStart + base::seconds(1));
    ASSERT_EQ(called.size(), 1u);
    fresh.expire(kStart + base::seconds(10));
    EXPECT_THAT(called, ElementsAre(called[0], (called[0] + 2) % 3));
  }
}

TEST_F(TimerWheelTest, LetsANodeCancelOneThatIsDueInALaterSlot) {
  Recorder victim;
  Node killer([&](MonoTime) { wheel.schedule(victim, base::kNever); });
  wheel.schedule(killer, kStart + Duration{64});
  wheel.schedule(victim, kStart + Duration{640});
  wheel.expire(kStart + base::seconds(1));
  EXPECT_TRUE(victim.calls.empty());
}

TEST_F(TimerWheelTest, WaitsForADeadlineThatIsTurnsAway) {
  Recorder far, near;
  const auto in = kTurn * 2 + Duration{6'400};
  wheel.schedule(far, kStart + in);
  wheel.schedule(near, kStart + Duration{6'400});  // of the same slot
  run_until(kStart + in - Duration{1});
  EXPECT_EQ(near.calls.size(), 1u);
  EXPECT_TRUE(far.calls.empty());
  run_until(kStart + in + TimerWheel::kTick);
  ASSERT_EQ(far.calls.size(), 1u);
  EXPECT_GE(far.calls[0], in);
}

// The machine was suspended: everything due is called, what is not yet due is kept.
TEST_F(TimerWheelTest, TakesAJumpOfHoursAtOnce) {
  std::vector<std::unique_ptr<Recorder>> due;
  for (int i = 0; i < 1000; ++i) {
    due.push_back(std::make_unique<Recorder>());
    wheel.schedule(*due.back(), kStart + base::seconds(i * 7));
  }
  Recorder tomorrow;
  wheel.schedule(tomorrow, kStart + base::hours(24));
  wheel.expire(kStart + base::hours(10));
  for (const auto& node : due) EXPECT_EQ(node->calls.size(), 1u);
  EXPECT_TRUE(tomorrow.calls.empty());
  run_until(kStart + base::hours(24) + TimerWheel::kTick);
  EXPECT_EQ(tomorrow.calls.size(), 1u);
}

TEST_F(TimerWheelTest, DoesNothingWhenTheTimeStandsStillOrLiesBeforeItsStart) {
  Recorder node;
  wheel.schedule(node, kStart - base::seconds(5));
  wheel.expire(kStart - base::hours(1));
  wheel.expire(kStart);
  EXPECT_TRUE(node.calls.empty());
  wheel.expire(kStart + TimerWheel::kTick);
  EXPECT_EQ(node.calls.size(), 1u);
}

TEST_F(TimerWheelTest, NamesTheVeryTickAtWhichToWake) {
  EXPECT_EQ(wheel.next_wakeup(), base::kNever);
  Recorder a, b;
  wheel.schedule(a, kStart + Duration{1'000});
  EXPECT_EQ(wheel.next_wakeup(), kStart + Duration{1'024});
  wheel.schedule(b, kStart + Duration{64});
  EXPECT_EQ(wheel.next_wakeup(), kStart + Duration{64});
  wheel.schedule(b, base::kNever);
  EXPECT_EQ(wheel.next_wakeup(), kStart + Duration{1'024});
  wheel.expire(kStart + Duration{1'024});
  EXPECT_EQ(a.calls.size(), 1u);
  EXPECT_EQ(wheel.next_wakeup(), base::kNever);
}

// Wherever in the wheel it stands, and wherever the hand does.
TEST_F(TimerWheelTest, FindsTheNextWakeupAcrossTheWholeWheel) {
  for (const std::int64_t hand : {0, 1, 62, 63, 64, 100, 16'319, 16'320, 16'383, 16'384, 20'000}) {
    for (const std::int64_t ahead : {1, 2, 63, 64, 65, 8'191, 16'320, 16'383, 16'384}) {
      TimerWheel fresh(kStart);
      fresh.expire(kStart + TimerWheel::kTick * hand);
      Recorder node;
      const auto deadline = kStart + TimerWheel::kTick * (hand + ahead);
      fresh.schedule(node, deadline);
      EXPECT_EQ(fresh.next_wakeup(), deadline) << hand << " + " << ahead;
      fresh.expire(deadline);
      EXPECT_EQ(node.calls.size(), 1u);
    }
  }
}

// Goal: the promise holds for any schedule. Method: a plain list of deadlines says who must have been called.
TEST_F(TimerWheelTest, AgreesWithAPlainListOnRandomSchedules) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t below) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below));
  };
  std::vector<std::unique_ptr<Recorder>> nodes;
  std::vector<MonoTime> deadlines(50, base::kNever);
  for (std::size_t i = 0; i < deadlines.size(); ++i) nodes.push_back(std::make_unique<Recorder>());
  MonoTime now = kStart;
  for (int step = 0; step < 3'000; ++step) {
    const auto which = static_cast<std::size_t>(pick(50));
    deadlines[which] = pick(8) == 0 ? base::kNever : now + Duration{pick(pick(5) == 0 ? 3'000'000 : 5'000)};
    wheel.schedule(*nodes[which], deadlines[which]);
    now += Duration{pick(pick(50) == 0 ? 2'000'000 : 300)};
    wheel.expire(now);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!nodes[i]->calls.empty()) {
        ASSERT_LE(deadlines[i], now) << "called early or twice";
        nodes[i]->calls.clear();
        deadlines[i] = base::kNever;
      } else if (deadlines[i] != base::kNever) {
        // One that was set into the tick that is running waits for the next.
        ASSERT_GT(deadlines[i] + TimerWheel::kTick * 2, now) << "forgotten";
      }
    }
  }
}

}  // namespace
}  // namespace zvonok::net
