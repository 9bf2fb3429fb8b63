#include "auth/key_refresher.hpp"

#include <algorithm>
#include <utility>

namespace zvonok::auth {
namespace {

constexpr base::Duration kAfterFailureMax = base::minutes(1);
// Anybody can write a `kid` into a token: they must not make us ask without end.
constexpr base::Duration kBetweenUnknownKids = base::minutes(1);
constexpr base::Duration kKidMemory = base::minutes(10);  // the provider may have published it since

}  // namespace

KeyRefresher::KeyRefresher(KeyRefresherPorts ports, base::Duration interval)
    : ports_(std::move(ports)), interval_(interval), due_(ports_.now() + interval) {}

bool KeyRefresher::wait_for(const std::string& kid, std::function<void()> then) {
  if (!waiting_.empty()) {
    if (kid != awaited_kid_ || waiting_.size() >= kWaitingMax) return false;
    waiting_.push_back(std::move(then));
    return true;
  }
  const auto now = ports_.now();
  if (now < next_for_kid_) return false;
  if (now >= forget_kids_at_) {
    asked_kids_.clear();  // as many as minutes
    forget_kids_at_ = now + kKidMemory;
  }
  if (!asked_kids_.insert(kid).second) return false;
  next_for_kid_ = now + kBetweenUnknownKids;
  awaited_kid_ = kid;
  waiting_.push_back(std::move(then));
  refresh();
  return true;
}

void KeyRefresher::on_time() {
  if (ports_.now() < due_) return;
  refresh();
}

void KeyRefresher::refresh() {
  due_ = ports_.now() + interval_;
  if (std::exchange(under_way_, true)) return;
  ports_.ask([this](const KeySetText& answer) { on_answer(answer); });
}

void KeyRefresher::on_answer(const KeySetText& answer) {
  under_way_ = false;
  const auto taken = take(answer);
  if (!taken) due_ = ports_.now() + std::min(interval_, kAfterFailureMax);
  ports_.answered(taken);
  for (const auto& then : std::exchange(waiting_, {})) then();
}

base::Result<void, std::string> KeyRefresher::take(const KeySetText& answer) {
  if (!answer) return base::Unexpected{answer.error()};
  if (*answer == text_) return {};
  std::vector<std::string> skipped;
  auto set = read_key_set(*answer, skipped);
  if (!set) return base::Unexpected{set.error()};
  for (const auto& warning : skipped) ports_.skipped(warning);
  ports_.taken(*std::move(set), *answer);
  text_ = *answer;
  return {};
}

}  // namespace zvonok::auth
