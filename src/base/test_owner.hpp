// The thread that answers are for, in a test: it runs what is handed back to it when it is told to.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace zvonok::base {

class TestOwner {
 public:
  /// From any thread.
  void post(std::function<void()> call) {
    const std::scoped_lock lock(mutex_);
    calls_.push_back(std::move(call));
    posted_.notify_one();
  }
  /// Runs one; false, and a failure of the test: none came, for so long that none will.
  bool run_one() {
    const bool came = run_one_within(std::chrono::seconds(120));
    EXPECT_TRUE(came) << "nothing comes any more";
    return came;
  }
  /// False: nothing came in that time.
  bool run_one_within(std::chrono::seconds time) {
    std::unique_lock lock(mutex_);
    if (!posted_.wait_for(lock, time, [this] { return !calls_.empty(); })) return false;
    const auto call = std::move(calls_.front());
    calls_.pop_front();
    lock.unlock();
    call();
    return true;
  }
  void wait_for_one() {
    std::unique_lock lock(mutex_);
    posted_.wait(lock, [this] { return !calls_.empty(); });
  }
  /// Runs what comes until that is so.
  void run_until(const std::function<bool()>& is_so) {
    while (!is_so()) ASSERT_TRUE(run_one());
  }
  /// Runs what is there.
  void run_all() {
    while (!is_idle()) run_one();
  }
  bool is_idle() {
    const std::scoped_lock lock(mutex_);
    return calls_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> calls_;  // behind mutex_
};

}  // namespace zvonok::base
