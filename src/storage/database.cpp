#include "storage/database.hpp"

#include <string_view>
#include <utility>

#include "base/quiet_thread.hpp"
#include "storage/connection.hpp"
#include "storage/database_error.hpp"
#include "storage/sql_account_rows.hpp"

namespace zvonok::storage {
namespace {

using Kind = DatabaseError::Kind;
using ports::StoreError;

// Between two tries at a database that is locked or gone.
constexpr base::Duration kTryAgainAfter{100};

base::MonoTime mono_now() {
  return base::MonoTime(
      std::chrono::duration_cast<base::Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

// The first line says what is wrong, but of a connection that was not made: there libpq does, behind where it
// was to, which is no business of a log that is shown around.
std::string reason(const std::string& text) {
  constexpr std::string_view kFailed = " failed: ";
  const auto failed = text.find(kFailed);
  const auto begin = failed == std::string::npos ? 0 : failed + kFailed.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

struct Database::Job {
  Rule rule;
  Done done;
  base::MonoTime until;
};

Database::Database(std::unique_ptr<Connection> connection, Post post, DatabaseEvents events,
                   base::Duration wait_max)
    : post_(std::move(post)),
      events_(std::move(events)),
      wait_max_(wait_max),
      connection_(std::move(connection)) {
  thread_ = base::quiet_thread([this] { run(); });
}

Database::~Database() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    stop_by_ = mono_now() + kLastWordsMax;
    wake_.notify_all();
    // It may stand in a call that no limit of time ends. Each that it goes on to is cut as well.
    while (!ended_.wait_for(lock, kLastWordsMax, [this] { return has_ended_; })) connection_->cut();
  }
  thread_.join();
}

void Database::transact(Rule rule, Done done) {
  const auto now = mono_now();
  Job job{std::move(rule), std::move(done), now + wait_max_};
  {
    const std::scoped_lock lock(mutex_);
    // Nothing else ends a wait for a server that neither answers nor closes.
    if (busy_since_ && now >= *busy_since_ + wait_max_ + kStandsStillAfter) connection_->cut();
    if (waiting_.size() < kWaitingMax) {
      waiting_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  give_up(job);
}

void Database::run() {
  Job job;
  while (next(job)) carry_out(job);
  const std::scoped_lock lock(mutex_);
  has_ended_ = true;
  ended_.notify_all();
}

// False: it is time to end.
bool Database::next(Job& job) {
  std::unique_lock lock(mutex_);
  busy_since_.reset();
  wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (waiting_.empty() || (stopping_ && mono_now() >= stop_by_)) return false;
  job = std::move(waiting_.front());
  waiting_.pop_front();
  busy_since_ = mono_now();
  return true;
}

void Database::carry_out(Job& job) {
  do {
    try {
      if (try_once(job)) return answer(job, {});
    } catch (const std::exception& error) {
      // A rule that fails for a reason of its own would fail again.
      note(error.what());
      break;
    }
  } while (mono_now() < job.until && rest_a_moment());
  give_up(job);
}

// True: it is kept. False: it may be tried again.
bool Database::try_once(const Job& job) {
  // Who asked has been told by now that it failed: it must not come true behind their back.
  if (mono_now() >= job.until) return false;
  try {
    connection_->open();
    storage::transact(*connection_, [&job](ports::AccountRows& rows) {
      job.rule(rows);
      if (mono_now() >= job.until) throw DatabaseError(Kind::kBusy, "the database is slow");
    });
  } catch (const DatabaseError& error) {
    if (error.kind() == Kind::kLost || error.kind() == Kind::kUncertain) connection_->close();
    // Once more would decide on what the first time may have left.
    if (error.kind() == Kind::kOther || error.kind() == Kind::kUncertain) throw;
    note(error.what());
    return false;
  }
  if (std::exchange(is_sick_, false)) post_([well = events_.well] { well(); });
  return true;
}

// False: the owner is ending, and does not wait.
bool Database::rest_a_moment() {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, kTryAgainAfter, [this] { return stopping_; });
}

void Database::give_up(Job& job) {
  post_([given_up = events_.given_up] { given_up(); });
  answer(job, base::Unexpected{StoreError::kUnavailable});
}

void Database::answer(Job& job, base::Result<void, StoreError> result) {
  // The rule holds what it was given, which belongs to nobody any more.
  job.rule = {};
  post_([done = std::move(job.done), result] { done(result); });
}

void Database::note(const std::string& why) {
  if (std::exchange(is_sick_, true)) return;
  post_([sick = events_.sick, text = reason(why)] { sick(text); });
}

}  // namespace zvonok::storage
