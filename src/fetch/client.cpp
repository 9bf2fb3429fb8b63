#include "fetch/client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/quiet_thread.hpp"
#include "fetch/transfer.hpp"

namespace zvonok::fetch {
namespace {

// libcurl's own timers and `get` and `post` wake it earlier.
constexpr int kLookAgainMs = 60'000;

}  // namespace

struct Client::Job {
  template <class What>
  Job(What what, Done when_done) : transfer(std::move(what)), done(std::move(when_done)) {}

  Transfer transfer;
  Done done;
};

Client::Client(std::function<void(std::function<void()>)> hand_back)
    : hand_back_(std::move(hand_back)), multi_(curl_multi_init()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  thread_ = base::quiet_thread([this] { run(); });
}

Client::~Client() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  curl_multi_cleanup(multi_);
}

void Client::get(Request request, Done done) {
  begin(std::move(request), std::move(done));
}

void Client::post(Post post, Done done) {
  const auto problem = post_problem(post);
  if (problem.empty()) return begin(std::move(post), std::move(done));
  hand_back_([problem, done = std::move(done)] { done(base::Unexpected{std::string(problem)}); });
}

template <class What>
void Client::begin(What what, Done done) {
  if (*under_way_ >= kRequestsMax)
    return hand_back_([done = std::move(done)] {
      done(base::Unexpected{std::string("was not asked: too much is asked for")});
    });
  ++*under_way_;
  auto job = std::make_unique<Job>(std::move(what), std::move(done));
  {
    const std::scoped_lock lock(mutex_);
    queued_.push_back(std::move(job));
  }
  curl_multi_wakeup(multi_);
}

void Client::run() {
  Jobs running;
  while (true) {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_) break;
    }
    begin_new(running);
    int left = 0;
    curl_multi_perform(multi_, &left);
    end_finished(running);
    curl_multi_poll(multi_, nullptr, 0, kLookAgainMs, nullptr);
  }
  for (const auto& job : running) curl_multi_remove_handle(multi_, job->transfer.handle());
}

void Client::begin_new(Jobs& running) {
  Jobs fresh;
  {
    const std::scoped_lock lock(mutex_);
    fresh = std::exchange(queued_, {});
  }
  for (auto& job : fresh) {
    curl_multi_add_handle(multi_, job->transfer.handle());
    running.push_back(std::move(job));
  }
}

void Client::end_finished(Jobs& running) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;
    const auto found = std::ranges::find_if(
        running, [&](const auto& job) { return job->transfer.handle() == message->easy_handle; });
    curl_multi_remove_handle(multi_, (*found)->transfer.handle());
    // The job goes back to the owner's thread as it is: what `done` holds is let go there.
    hand_back_([waiting = std::weak_ptr(under_way_), code, job = std::shared_ptr<Job>(std::move(*found))] {
      const auto under_way = waiting.lock();
      if (!under_way) return;
      --*under_way;
      job->done(job->transfer.finish(code));
    });
    running.erase(found);
  }
}

}  // namespace zvonok::fetch
