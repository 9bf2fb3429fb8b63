// An assertion that stays on in release: a violated one is a bug of ours, and going on would be worse than
// stopping. Nothing that a peer sends may ever reach one; what a peer can cause is a Result.
#pragma once

namespace zvonok::base {

/// Writes the failed condition and its place to standard error and aborts. Never returns.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace zvonok::base

#define ZVONOK_ASSERT(condition)                                                                        \
  (__builtin_expect(!(condition), 0) ? ::zvonok::base::assertion_failed(#condition, __FILE__, __LINE__) \
                                     : (void)0)

/// For a place that no input can reach.
#define ZVONOK_UNREACHABLE(why) ::zvonok::base::assertion_failed(why, __FILE__, __LINE__)
