#include "turn/host_lookup.hpp"

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

#include "base/quiet_thread.hpp"
#include "turn/own_addresses.hpp"

namespace zvonok::turn {

struct HostLookup::Question {
  std::mutex mutex;
  std::condition_variable answered;
  bool done = false;                    // behind mutex
  std::vector<base::IpAddress> answer;  // behind mutex
};

void HostLookup::begin() {
  (void)addresses();
  if (question_) return;
  question_ = std::make_shared<Question>();
  if (const auto literal = base::IpAddress::parse(host_)) {
    question_->answer = {*literal};
    question_->done = true;
    return;
  }
  // Nobody waits for it: a program that ends must not hang on a resolver.
  try {
    base::quiet_thread([question = question_, host = host_] {
      auto found = resolve(host);
      const std::scoped_lock lock(question->mutex);
      question->answer = std::move(found);
      question->done = true;
      question->answered.notify_all();
    }).detach();
  } catch (const std::system_error&) {
    question_.reset();  // the system gives no more threads; later it may
  }
}

bool HostLookup::under_way() const {
  if (!question_) return false;
  const std::scoped_lock lock(question_->mutex);
  return !question_->done;
}

void HostLookup::wait(base::Duration at_most) const {
  if (!question_) return;
  std::unique_lock lock(question_->mutex);
  question_->answered.wait_for(lock, at_most, [this] { return question_->done; });
}

const std::vector<base::IpAddress>& HostLookup::addresses() {
  if (question_ && !under_way()) {
    if (!question_->answer.empty()) addresses_ = std::move(question_->answer);
    question_.reset();
  }
  return addresses_;
}

}  // namespace zvonok::turn
