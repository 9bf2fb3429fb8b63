// When the keys of an identity provider are asked for again, who waits for that, and what of the answer is
// believed. Asking itself is somebody else's: this only decides.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "auth/key_set.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace zvonok::auth {

/// The text of a JWK set, or a clause that says why there is none.
using KeySetText = base::Result<std::string, std::string>;

struct KeyRefresherPorts {
  /// Asks for the set; `done` is called once, later, within seconds.
  std::function<void(std::function<void(KeySetText)> done)> ask;
  /// A good set that differs from the last one, and the text that it was read from.
  std::function<void(KeySet, const std::string& text)> taken;
  /// What came of asking; the error says why the answer was no good, and what was taken before stays in
  /// force.
  std::function<void(const base::Result<void, std::string>&)> answered;
  /// A key of a good set that is no use to us, one line each.
  std::function<void(const std::string& warning)> skipped;
  std::function<base::MonoTime()> now;
};

/// One thread.
class KeyRefresher {
 public:
  /// `interval`: how long an answer is good for when no token makes us ask earlier.
  KeyRefresher(KeyRefresherPorts ports, base::Duration interval);

  /// Hands on an answer that is good and new; the error is a clause.
  base::Result<void, std::string> take(const KeySetText& answer);

  /// A token names a key that we do not have, and the provider may have changed its keys. True: it is asked
  /// (once for a `kid` in ten minutes, and not twice within one, whatever strangers invent), and `then` is
  /// called once it has answered or failed to. False: not now.
  bool wait_for(const std::string& kid, std::function<void()> then);

  /// Asks now, unless that is under way.
  void refresh();

  /// When to call `on_time`: an interval after the last answer, a minute at most after a failure.
  base::MonoTime due() const { return due_; }
  void on_time();

  /// How many may wait for one answer: as many as may come back in its five seconds when a provider has
  /// changed its keys. Each holds a connection and a token.
  static constexpr std::size_t kWaitingMax = 4'096;

 private:
  void on_answer(const KeySetText& answer);

  // Given to us.
  const KeyRefresherPorts ports_;
  const base::Duration interval_;
  // State.
  std::optional<std::string> text_;  // of the set in force
  base::MonoTime due_;
  base::MonoTime next_for_kid_ = base::MonoTime::min();
  bool under_way_ = false;
  std::string awaited_kid_;  // of those who wait
  std::vector<std::function<void()>> waiting_;
  std::unordered_set<std::string> asked_kids_;
  base::MonoTime forget_kids_at_ = base::MonoTime::min();
};

}  // namespace zvonok::auth
