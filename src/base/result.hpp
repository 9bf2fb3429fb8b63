// Result<T, E>: a value or the reason why there is none, with the names of C++23's std::expected, which g++
// 12 lacks.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.hpp"

namespace zvonok::base {

/// Wraps an error on its way into a Result: `return Unexpected{Error::kTooLong};`
template <class E>
struct Unexpected {
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

/// Holds T after success and E after an expected failure. Reading the one that is not there is a bug
/// (asserted).
template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value)  // NOLINT(google-explicit-constructor)
      : state_(std::in_place_index<0>, std::move(value)) {}
  template <class G>
  Result(Unexpected<G> unexpected)  // NOLINT(google-explicit-constructor)
      : state_(std::in_place_index<1>, E(std::move(unexpected.error))) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & {
    ZVONOK_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    ZVONOK_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && { return std::move(value()); }
  const E& error() const {
    ZVONOK_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

/// A Result without a value: success says nothing but that it succeeded.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  template <class G>
  Result(Unexpected<G> unexpected)  // NOLINT(google-explicit-constructor)
      : state_(std::in_place_index<1>, E(std::move(unexpected.error))) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  const E& error() const {
    ZVONOK_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<std::monostate, E> state_;
};

}  // namespace zvonok::base
