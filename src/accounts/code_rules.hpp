// The rules of login codes, on what is remembered of one address: when another may be asked for, whether one
// that is shown is right, and how many wrong ones are borne.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "ports/account_rows.hpp"

namespace zvonok::accounts {

// Long enough for a slow SMS, short enough that a code read over a shoulder is soon worth nothing.
inline constexpr base::Duration kCodeLife = base::minutes(10);
// Of a million codes: five tries are a chance of 1 in 200,000.
inline constexpr std::int64_t kCodeTriesMax = 5;
// A person who has got nothing waits about so long before they ask again.
inline constexpr base::Duration kAskedAgainAfter = base::seconds(30);
inline constexpr std::size_t kAskedPerHourMax = 5;
// Wrong tries held against an address: so many at once, then one more each hour. Whoever tries wrong codes at
// somebody else's address keeps its owner out for an hour at most, and has 24 guesses a day at a million.
inline constexpr std::int64_t kWrongTriesMax = 20;
inline constexpr base::Duration kWrongTryForgottenAfter = base::hours(1);

/// Whether a code may be sent to the address now; notes that it was asked for if so.
bool ask_for_code(ports::LoginState& state, base::WallTime now);

/// Whether a code is there that would be judged right.
bool has_code(const ports::LoginState& state, base::WallTime now);

/// Lets a code take the place of the one that is there.
enum class Sent : bool { kNo, kYes };
void set_code(ports::LoginState& state, std::string_view code_hash, Sent sent, base::WallTime now);

enum class CodeVerdict : std::uint8_t {
  kRight,         // and used up
  kWrong,         // or expired, used, void, never sent
  kTooManyTries,  // nothing is judged before tries_again_at
};

/// Judges a code by its hashes; the state keeps the outcome.
CodeVerdict judge_code(ports::LoginState& state, const std::vector<std::string>& code_hashes,
                       base::WallTime now);

/// When a further code will be judged; not later than `now`: at once.
base::WallTime tries_again_at(const ports::LoginState& state);

/// A code as it was typed or pasted: blanks are forgiven. nullopt: not six ASCII digits.
std::optional<std::string> tidy_code(std::string_view text);

}  // namespace zvonok::accounts
