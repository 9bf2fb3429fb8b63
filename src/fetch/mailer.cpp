#include "fetch/mailer.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/quiet_thread.hpp"
#include "fetch/mail_transfer.hpp"

namespace zvonok::fetch {

struct Mailer::Job {
  Job(Mail mail, Done when_done) : transfer(std::move(mail)), done(std::move(when_done)) {}

  MailTransfer transfer;
  Done done;
  std::optional<MailAnswer> answer;  // the thread's until it has ended
  std::thread thread;
};

Mailer::Mailer(std::function<void(std::function<void()>)> hand_back) : hand_back_(std::move(hand_back)) {}

Mailer::~Mailer() {
  stopping_ = true;
  for (const auto& job : running_) job->thread.join();
}

void Mailer::send(Mail mail, Done done) {
  if (running_.size() + waiting_.size() >= kMailsMax)
    return refuse("was not asked: too much is asked for", std::move(done));
  if (const auto problem = mail_problem(mail); !problem.empty()) return refuse(problem, std::move(done));
  auto job = std::make_unique<Job>(std::move(mail), std::move(done));
  if (running_.size() >= kAtATime) return waiting_.push_back(std::move(job));
  begin(std::move(job));
}

void Mailer::refuse(std::string_view why, Done done) {
  hand_back_([self = std::weak_ptr(self_), why, done = std::move(done)] {
    if (!self.expired()) done(base::Unexpected{MailFailure{.why = std::string(why)}});
  });
}

void Mailer::begin(std::unique_ptr<Job> job) {
  Job& started = *job;
  try {
    started.thread = base::quiet_thread([this, &started, self = std::weak_ptr(self_)] {
      started.answer = started.transfer.perform(stopping_);
      // Our destructor waits for this thread, so `this` is there; when the owner comes to it, it may not be.
      hand_back_([self, &started] {
        if (const auto here = self.lock()) (*here)->end(&started);
      });
    });
  } catch (const std::system_error&) {
    return refuse("was not asked: the system gives no more threads", std::move(started.done));
  }
  running_.push_back(std::move(job));
}

void Mailer::end(const Job* job) {
  const auto found = std::ranges::find_if(running_, [job](const auto& one) { return one.get() == job; });
  const auto ended = std::move(*found);
  running_.erase(found);
  ended->thread.join();
  if (!waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(next));
  }
  ended->done(std::move(*ended->answer));
}

}  // namespace zvonok::fetch
