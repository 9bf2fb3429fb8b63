#include "accounts/login_rules.hpp"

#include <utility>

#include "accounts/code_rules.hpp"
#include "accounts/text.hpp"

namespace zvonok::accounts {
namespace {

using ports::AccountRows;

// So that "this link was used" is said to who opens it weeks later, and not "there is no such link".
constexpr base::Duration kInviteRememberedFor = base::hours(24 * 90);
// The row that addresses share which are nobody's, in a crowd. No address is empty.
constexpr std::string_view kNobody;

std::optional<ports::Invite> invite_of(AccountRows& rows, const std::string& hash) {
  return hash.empty() ? std::nullopt : rows.invite(hash);
}

ports::User new_user(const VerifyInput& input) {
  ports::User user{.id = input.new_user_id,
                   .name = input.name,
                   .name_key = search_key(input.name),
                   .created_at = input.now};
  (input.address.kind == ports::AddressKind::kPhone ? user.phone : user.email) = input.address.text;
  return user;
}

/// Makes a user of who has the address; an invitation is used up if that takes one.
base::Result<ports::User, NotInvited> register_user(AccountRows& rows, const VerifyInput& input,
                                                    const RegistrationPolicy& policy) {
  auto user = new_user(input);
  if (!is_open_to(policy, input.address)) {
    auto invite = invite_of(rows, input.invite_hash);
    const auto verdict = judge_invite(invite, input.now);
    if (verdict != InviteVerdict::kGood) return base::Unexpected{NotInvited{verdict}};
    invite->used_at = input.now;
    invite->used_by = user.id;
    rows.put_invite(*invite);
  }
  rows.put_user(user);
  return user;
}

std::vector<ports::LoginSession> end_oldest_sessions(AccountRows& rows, const std::string& user,
                                                     base::WallTime now) {
  auto sessions = rows.sessions_of(user);
  if (sessions.size() < kSessionsPerUserMax) return {};
  sessions.resize(sessions.size() - kSessionsPerUserMax + 1);
  for (auto& session : sessions) {
    session.ended_at = now;
    rows.put_session(session);
  }
  return sessions;
}

}  // namespace

AskOutcome ask(AccountRows& rows, const AskInput& input, const RegistrationPolicy& policy) {
  const bool known = rows.user_by(input.address.kind, input.address.text).has_value();
  auto invite = invite_of(rows, input.invite_hash);
  const bool invited =
      judge_invite(invite, input.now) == InviteVerdict::kGood && invite->messages < kMessagesPerInviteMax;
  const bool let_in = is_open_to(policy, input.address);
  const auto messages = rows.messages_between(input.now - base::hours(1), input.now);
  const bool none_left = messages >= input.messages_per_hour_max;
  const bool none_left_for_strangers = messages >= (input.messages_per_hour_max + 1) / 2;

  const auto kept = rows.login_state(input.address.text);
  const bool shares_row = input.crowded && !kept && !known && !invited;
  auto state = kept.value_or(ports::LoginState{});
  const bool may_ask = ask_for_code(state, input.now);
  const bool is_stranger = !known && !invited;
  const bool wanted = may_ask && (let_in || !is_stranger);
  const bool sends = wanted && !none_left && !(is_stranger && (none_left_for_strangers || input.crowded));
  // A code that somebody was sent stays theirs unless they are sent another. An address that is nobody's gets
  // codes that nobody is told, at the same times: how many wrong tries are borne, and when, must not tell it
  // from any other.
  const bool keeps = has_code(state, input.now) && (state.code_sent || none_left || !may_ask);
  if (sends || !keeps) set_code(state, input.code_hash, sends ? Sent::kYes : Sent::kNo, input.now);
  rows.put_login_state(shares_row ? kNobody : input.address.text, state);
  // Also for who is known or gets nothing: else the last one of an invitation would tell who was sent the
  // others.
  if (may_ask && invited && (!let_in || none_left_for_strangers || input.crowded)) {
    ++invite->messages;
    rows.put_invite(*invite);
  }
  if (sends) {
    rows.add_message(input.now);
    return AskOutcome::kSend;
  }
  if (!wanted) return AskOutcome::kNothing;
  if (none_left) return AskOutcome::kFlood;
  return input.crowded ? AskOutcome::kCrowd : AskOutcome::kFloodOfStrangers;
}

VerifyOutcome verify(AccountRows& rows, const VerifyInput& input, const RegistrationPolicy& policy) {
  const auto before = rows.login_state(input.address.text).value_or(ports::LoginState{});
  auto state = before;
  const auto verdict = judge_code(state, input.code_hashes, input.now);
  // Codes for addresses that were never asked for leave nothing behind: nothing limits how many are shown.
  if (state != before) rows.put_login_state(input.address.text, state);
  if (verdict == CodeVerdict::kTooManyTries) return TooManyTries{tries_again_at(state)};
  if (verdict == CodeVerdict::kWrong) return InvalidCode{};

  auto user = rows.user_by(input.address.kind, input.address.text);
  if (!user) {
    auto registered = register_user(rows, input, policy);
    if (!registered) return registered.error();
    user = *std::move(registered);
  } else if (user->name.empty() && !input.name.empty()) {
    user->name = input.name;
    user->name_key = search_key(input.name);
    rows.put_user(*user);
  }
  Verified verified{.user = *std::move(user), .session = {}, .ended = {}};
  verified.ended = end_oldest_sessions(rows, verified.user.id, input.now);
  verified.session = {.id = input.new_session_id,
                      .user = verified.user.id,
                      .n = 1,
                      .device = input.device,
                      .rotated_at = input.now,
                      .created_at = input.now,
                      .ended_at = std::nullopt};
  rows.put_session(verified.session);
  return verified;
}

InviteState look_at_invite(AccountRows& rows, const std::string& hash, base::WallTime now) {
  const auto invite = invite_of(rows, hash);
  return {judge_invite(invite, now), invite ? invite->expires_at : base::WallTime{}};
}

RefreshOutcome refresh(AccountRows& rows, const RefreshToken& token, const std::string& device,
                       base::WallTime now) {
  auto session = rows.session(token.session);
  if (!session) return {};
  const auto verdict = refresh(*session, token.n, device, now);
  if (verdict == RefreshVerdict::kRotated || verdict == RefreshVerdict::kEnded) rows.put_session(*session);
  return {verdict, *std::move(session)};
}

bool end_session(AccountRows& rows, const std::string& id, base::WallTime now) {
  auto session = rows.session(id);
  if (!session) return false;
  if (!session->ended_at) {
    session->ended_at = now;
    rows.put_session(*session);
  }
  return true;
}

void forget_old(AccountRows& rows, base::WallTime now) {
  rows.forget({.asked = now - kWrongTriesMax * kWrongTryForgottenAfter - kCodeLife,
               .messages = now - base::hours(1),
               .invites = now - kInviteRememberedFor,
               .ended = now - kRevokedFor,
               .rotated = now - kRefreshTokenLife});
}

}  // namespace zvonok::accounts
