// Redacted<T>: a value that must never reach a log, a message or a core dump by mistake: a token, a secret,
// an SDP.
#pragma once

#include <utility>

namespace zvonok::base {

/// Keeps T out of every stream: it has no operator<<, no conversion and no comparison; `reveal()` is the one
/// way in, so that a search for that word finds every place where the value is used.
template <class T>
class Redacted {
 public:
  Redacted() = default;
  explicit Redacted(T value) : value_(std::move(value)) {}

  const T& reveal() const noexcept { return value_; }

 private:
  T value_{};
};

}  // namespace zvonok::base
