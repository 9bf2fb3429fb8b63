// The thread that a client's answers are for, in a test: it runs what is handed back when it is told to.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace zvonok::fetch {

class TestOwner {
 public:
  /// From any thread.
  void post(std::function<void()> call) {
    const std::scoped_lock lock(mutex_);
    calls_.push_back(std::move(call));
    posted_.notify_one();
  }
  void run_one() { EXPECT_TRUE(run_one_within(std::chrono::seconds(300))) << "nothing comes any more"; }
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

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> calls_;
};

}  // namespace zvonok::fetch
