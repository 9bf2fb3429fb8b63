#include "accounts/login.hpp"

#include <utility>

namespace zvonok::accounts {
namespace {

using ports::AccountRows;
using ports::Counter;
using ports::LoginOutcome;
using ports::LogLevel;
using ports::StoreError;

// 128 bits: nobody guesses one, and no two are alike.
constexpr std::size_t kIdBytes = 16;

base::WallTime issued_at(const ports::LoginSession& session) {
  return std::chrono::floor<base::seconds>(session.rotated_at);
}

}  // namespace

Login::Login(LoginSettings settings, LoginPorts ports)
    : settings_(std::move(settings)), ports_(std::move(ports)) {}

void Login::ask(const Ask& request, const Reply<std::optional<base::Redacted<std::string>>>& reply) {
  const auto now = ports_.mono_now();
  const base::Redacted code(ports_.secrets.random_code());
  const auto client = request.client ? std::optional(request.client->limit_key()) : std::nullopt;
  const bool may = !client || asks_by_client_.try_take(*client, now);
  const bool crowded = may && !asks_.try_take(now);
  AskInput input{.address = request.address,
                 .code_hash = ports_.secrets.code_hashes(request.address.text, code.reveal()).front(),
                 .invite_hash = invite_hash(request.invite),
                 .messages_per_hour_max = settings_.messages_per_hour_max,
                 .crowded = crowded,
                 .now = ports_.wall_now()};
  if (!may) ports_.metrics.add(Counter::kLoginCodes, static_cast<std::size_t>(LoginOutcome::kLimited));
  const auto rule = [input = std::move(input), policy = settings_.registration, may](AccountRows& rows) {
    // Also who may not ask waits for the store, so that one that is sick is told to all alike.
    return may ? accounts::ask(rows, input, policy) : AskOutcome::kNothing;
  };
  ports::transact<AskOutcome>(
      ports_.store, rule, [=, this](const base::Result<AskOutcome, StoreError>& outcome) {
        if (!outcome) {
          if (client && may) asks_by_client_.give_back(*client, now);
          if (may && !crowded) asks_.give_back(now);
          return reply(base::Unexpected{outcome.error()});
        }
        if (*outcome != AskOutcome::kSend && *outcome != AskOutcome::kNothing) {
          ports_.metrics.add(Counter::kLoginCodes, static_cast<std::size_t>(LoginOutcome::kLimited));
          tell_of_limit(*outcome, now);
        }
        if (*outcome != AskOutcome::kSend) return reply(std::optional<base::Redacted<std::string>>());
        send(request, code);
        reply(std::optional(code));
      });
}

void Login::send(const Ask& request, const base::Redacted<std::string>& code) {
  ports_.sender.send(
      {.kind = request.address.kind,
       .address = request.address.text,
       .code = code,
       .language = request.language},
      [this](const ports::CodeSent& sent) {
        const auto outcome = sent ? LoginOutcome::kSent : LoginOutcome::kNotSent;
        ports_.metrics.add(Counter::kLoginCodes, static_cast<std::size_t>(outcome));
        if (sent) return;
        ports_.log.write(LogLevel::kError, "no login code was sent", {{"error", sent.error()}});
      });
}

// Once an hour: what it tells of would fill the log as well.
void Login::tell_of_limit(AskOutcome outcome, base::MonoTime now) {
  const auto told = told_at_.find(outcome);
  if (told != told_at_.end() && now < told->second + base::hours(1)) return;
  told_at_[outcome] = now;
  if (outcome == AskOutcome::kCrowd) {
    return ports_.log.write(
        LogLevel::kError,
        "login codes are asked for thousands of addresses: until it ends they are sent to users and who was "
        "invited alone; let the proxy limit POST /api/auth/code",
        {{"asked_per_hour", static_cast<std::int64_t>(kAsksPerHourMax)}});
  }
  const auto* text =
      outcome == AskOutcome::kFlood
          ? "login codes are asked for in a flood: no more are sent for now, to anybody; if they are real "
            "people, raise login.max_messages_per_hour"
          : "login codes are asked for in a flood: half of an hour's messages are kept for users and who was "
            "invited, others get none; if they are real people, raise login.max_messages_per_hour";
  ports_.log.write(LogLevel::kError, text,
                   {{"max_messages_per_hour", static_cast<std::int64_t>(settings_.messages_per_hour_max)}});
}

void Login::verify(const Verify& request, const Reply<Verdict>& reply) {
  VerifyInput input{.address = request.address,
                    .code_hashes = ports_.secrets.code_hashes(request.address.text, request.code.reveal()),
                    .invite_hash = invite_hash(request.invite),
                    .name = request.name,
                    .device = request.device,
                    .new_user_id = ports_.secrets.random_text(kIdBytes),
                    .new_session_id = ports_.secrets.random_text(kIdBytes),
                    .now = ports_.wall_now()};
  const auto rule = [input = std::move(input), policy = settings_.registration](AccountRows& rows) {
    return accounts::verify(rows, input, policy);
  };
  ports::transact<VerifyOutcome>(
      ports_.store, rule, [this, reply](const base::Result<VerifyOutcome, StoreError>& outcome) {
        if (!outcome) return reply(base::Unexpected{outcome.error()});
        if (const auto* verified = std::get_if<Verified>(&*outcome)) {
          for (const auto& session : verified->ended) revoke(session.id);
          const auto tokens = tokens_of(verified->session);
          if (!tokens) return reply(base::Unexpected{tokens.error()});
          ports_.metrics.add(Counter::kLogins, static_cast<std::size_t>(ports::LoginVerdict::kLoggedIn));
          ports_.log.write(LogLevel::kInfo, "somebody logged in");
          return reply(Verdict(LoggedIn{*tokens, verified->user}));
        }
        if (const auto* tries = std::get_if<TooManyTries>(&*outcome)) {
          ports_.metrics.add(Counter::kLogins, static_cast<std::size_t>(ports::LoginVerdict::kTooManyTries));
          return reply(Verdict(*tries));
        }
        if (const auto* refused = std::get_if<NotInvited>(&*outcome)) {
          ports_.metrics.add(Counter::kLogins, static_cast<std::size_t>(ports::LoginVerdict::kNotInvited));
          return reply(Verdict(*refused));
        }
        ports_.metrics.add(Counter::kLogins, static_cast<std::size_t>(ports::LoginVerdict::kInvalidCode));
        reply(Verdict(InvalidCode{}));
      });
}

void Login::refresh(const std::string& text, const std::string& device,
                    const Reply<std::optional<Tokens>>& reply) {
  const auto token = parse_refresh_token(text);
  // What we have not signed costs the store nothing.
  if (!token || !ports_.secrets.is_refresh_signature(token->session, token->n, token->signature))
    return reply(std::optional<Tokens>());
  const auto rule = [token = *token, device, now = ports_.wall_now()](AccountRows& rows) {
    return accounts::refresh(rows, token, device, now);
  };
  ports::transact<RefreshOutcome>(
      ports_.store, rule, [this, reply](const base::Result<RefreshOutcome, StoreError>& outcome) {
        if (!outcome) return reply(base::Unexpected{outcome.error()});
        if (outcome->verdict == RefreshVerdict::kEnded) {
          revoke(outcome->session.id);
          ports_.log.write(LogLevel::kWarn,
                           "a refresh token came twice, so its session was ended: it was stolen, an answer "
                           "was lost and asked for again too late, or a backup of a browser was restored");
        }
        const bool good =
            outcome->verdict == RefreshVerdict::kRotated || outcome->verdict == RefreshVerdict::kSame;
        if (!good) return reply(std::optional<Tokens>());
        const auto tokens = tokens_of(outcome->session);
        if (!tokens) return reply(base::Unexpected{tokens.error()});
        reply(std::optional(*tokens));
      });
}

void Login::log_out(const std::string& session, const Reply<std::monostate>& reply) {
  ports::transact<bool>(
      ports_.store,
      [session, now = ports_.wall_now()](AccountRows& rows) { return end_session(rows, session, now); },
      [this, session, reply](const base::Result<bool, StoreError>& ended) {
        if (!ended) return reply(base::Unexpected{ended.error()});
        if (*ended) revoke(session);
        reply(std::monostate{});
      });
}

void Login::look_at_invite(const std::string& token, const Reply<InviteState>& reply) {
  const auto rule = [hash = invite_hash(token), now = ports_.wall_now()](AccountRows& rows) {
    return accounts::look_at_invite(rows, hash, now);
  };
  ports::transact<InviteState>(ports_.store, rule, reply);
}

std::string Login::invite_hash(const std::string& token) const {
  return token.empty() ? std::string() : ports_.secrets.invite_hash(token);
}

// Everything in them follows from the session as it is kept, so that the same can be answered again.
base::Result<Tokens, StoreError> Login::tokens_of(const ports::LoginSession& session) const {
  const auto expires_at = issued_at(session) + kAccessTokenLife;
  const auto access = ports_.signer.sign({.user = session.user,
                                          .issued_at = issued_at(session),
                                          .expires_at = expires_at,
                                          .session = session.id,
                                          .token_id = session.id + "." + std::to_string(session.n)});
  if (!access) {  // we keep no such id, but others may write into the database
    ports_.log.write(LogLevel::kError,
                     "the database has a user whose id no token can name, so that nobody can log in as them: "
                     "see the tables users and login_sessions, or restore a backup");
    return base::Unexpected{StoreError::kUnavailable};
  }
  RefreshToken refresh{session.id, session.n, ports_.secrets.sign_refresh(session.id, session.n)};
  return Tokens{base::Redacted(*access), expires_at, base::Redacted(to_text(refresh))};
}

void Login::revoke(const std::string& session) {
  const auto now = ports_.wall_now();
  // No access token of it is younger than now.
  ports_.revoked.add(session, now + kRevokedFor, now);
  ports_.close_sockets(session);
}

}  // namespace zvonok::accounts
