#include "accounts/code_rules.hpp"

#include <algorithm>

#include "accounts/text.hpp"
#include "base/constant_time.hpp"

namespace zvonok::accounts {
namespace {

using base::WallTime;
using ports::LoginState;

constexpr std::size_t kCodeDigits = 6;
constexpr std::size_t kTypedBytesMax = 64;

// A clock that was set back must not lock anybody out for longer than it would have been without.
void forget_the_future(LoginState& state, WallTime now) {
  std::erase_if(state.asked_at, [now](WallTime at) { return at > now; });
  state.tries_full_at = std::min(state.tries_full_at, now + kWrongTriesMax * kWrongTryForgottenAfter);
}

void void_code(LoginState& state) {
  state.code_hash.clear();
  state.code_sent = false;
  state.code_expires_at = {};
  state.code_tries = 0;
}

}  // namespace

bool ask_for_code(LoginState& state, WallTime now) {
  forget_the_future(state, now);
  std::erase_if(state.asked_at, [now](WallTime at) { return at <= now - base::hours(1); });
  if (state.asked_at.size() >= kAskedPerHourMax) return false;
  if (!state.asked_at.empty() && now < state.asked_at.back() + kAskedAgainAfter) return false;
  state.asked_at.push_back(now);
  return true;
}

bool has_code(const LoginState& state, WallTime now) {
  return !state.code_hash.empty() && now < state.code_expires_at &&
         now >= state.code_expires_at - kCodeLife && state.code_tries < kCodeTriesMax;
}

void set_code(LoginState& state, std::string_view code_hash, Sent sent, WallTime now) {
  state.code_hash = code_hash;
  state.code_sent = sent == Sent::kYes;
  state.code_expires_at = now + kCodeLife;
  state.code_tries = 0;
}

WallTime tries_again_at(const LoginState& state) {
  return state.tries_full_at - (kWrongTriesMax - 1) * kWrongTryForgottenAfter;
}

CodeVerdict judge_code(LoginState& state, const std::vector<std::string>& code_hashes, WallTime now) {
  forget_the_future(state, now);
  if (now < tries_again_at(state)) return CodeVerdict::kTooManyTries;
  // A guess at no code is no guess: held against the address, it would let anybody lock it without a message
  // to its owner, who then would at least know.
  if (!has_code(state, now)) return CodeVerdict::kWrong;
  bool right = false;
  for (const auto& hash : code_hashes) right = base::equal_in_constant_time(hash, state.code_hash) || right;
  if (right) {
    void_code(state);
    state.tries_full_at = {};
    return CodeVerdict::kRight;
  }
  state.tries_full_at = std::max(state.tries_full_at, now) + kWrongTryForgottenAfter;
  if (++state.code_tries >= kCodeTriesMax) void_code(state);
  return CodeVerdict::kWrong;
}

std::optional<std::string> tidy_code(std::string_view text) {
  if (text.size() > kTypedBytesMax) return std::nullopt;
  const auto decoded = decode_utf8(text);
  if (!decoded) return std::nullopt;
  std::string code;
  for (const char32_t c : *decoded) {
    if (is_blank(c)) continue;
    if (c < U'0' || c > U'9') return std::nullopt;
    code += static_cast<char>(c);
  }
  if (code.size() != kCodeDigits) return std::nullopt;
  return code;
}

}  // namespace zvonok::accounts
