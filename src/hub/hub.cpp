#include "hub/hub.hpp"

#include <functional>
#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "base/slab.hpp"

namespace zvonok::hub {
namespace {

using ports::Counter;

// Labels of metrics are written down in ports, where the enumerations of the protocol are not known.
static_assert(std::size(ports::label_values::kIgnored) == protocol::kMessageErrors);
static_assert(std::size(ports::label_values::kCloses) == protocol::kCloseReasons.size());
static_assert(std::size(ports::label_values::kEndReasons) == core::kEndReasonNames.size());
static_assert(std::size(ports::label_values::kRefusals) ==
              static_cast<std::size_t>(core::Refusal::kTokenExpired) + 1);
static_assert(std::size(ports::label_values::kDropped) ==
              static_cast<std::size_t>(core::Drop::kCandidatesFull) + 1);

std::size_t place_of(core::DeviceId device) {
  return base::Slab<core::Device, core::DeviceId>::index_of(device);
}

// Two that are alike would end each other's connections: once in 2^64.
std::size_t login_hash(std::string_view login) {
  return login.empty() ? 0 : std::hash<std::string_view>{}(login);
}

std::int64_t as_field(core::CallId call) {
  return static_cast<std::int64_t>(call.value);
}

protocol::CloseReason reason_of(core::CloseCause cause) {
  switch (cause) {
    case core::CloseCause::kTooManyDevices:
      return protocol::CloseReason::kTooMany;
    case core::CloseCause::kTokenExpired:
      return protocol::CloseReason::kTokenExpired;
  }
  ZVONOK_UNREACHABLE("a cause without a close reason");
}

}  // namespace

Hub::Hub(const Settings& settings, ports::LogSink& log, ports::MetricsSink& metrics)
    : settings_(settings),
      log_(log),
      metrics_(metrics),
      parser_(settings.payload_keys),
      switchboard_(settings.core) {}

void Hub::open(Session& session, const ports::Identity& identity, base::MonoTime now) {
  session.user_form = identity.form;
  session.login = login_hash(identity.session);
  const auto device = switchboard_.connect(identity.user, now, effects_);
  if (!device) {
    effects_.clear();
    return session.link.close(protocol::CloseReason::kTooMany);
  }
  session.device = *device;
  const auto place = place_of(*device);
  // A device closed in this very step may have left its place to the new one: it has to be told before it is
  // forgotten.
  if (place < sessions_.size() && sessions_[place] != nullptr) {
    Session& former = *std::exchange(sessions_[place], nullptr);
    former.device = {};
    former.link.close(protocol::CloseReason::kTooMany);
  }
  if (place >= sessions_.size()) sessions_.resize(place + 1);
  sessions_[place] = &session;
  carry_out();
}

base::Duration Hub::message(Session& session, std::string_view text, base::MonoTime now) {
  if (!session.device) return {};  // let go of: what it still sends goes nowhere
  metrics_.add(Counter::kMessagesIn);
  const auto parsed = parser_.parse(text);
  if (!parsed) {
    ignore(session, parsed.error(), now);
    return pace(session, now);
  }
  switch (parsed->event) {
    case protocol::Event::kOffer:
      switchboard_.offer(session.device, parsed->target, parsed->payload, now, effects_);
      break;
    case protocol::Event::kAnswer:
      switchboard_.answer(session.device, parsed->payload, now, effects_);
      break;
    case protocol::Event::kIce:
      switchboard_.ice(session.device, parsed->payload, now, effects_);
      break;
    case protocol::Event::kHangup:
      switchboard_.hangup(session.device, now, effects_);
      break;
  }
  carry_out();
  return pace(session, now);
}

// A flood is read more slowly, and loses nothing; only one that goes on without a break for a minute is
// closed. A break is long enough to win back half of the burst: a late timer of ours is none.
base::Duration Hub::pace(Session& session, base::MonoTime now) {
  if (session.messages.has(settings_.messages.burst / 2, settings_.messages, now))
    session.throttled_since = base::kNever;
  session.messages.take(settings_.messages, now);
  const auto wait = session.messages.wait(settings_.messages, now);
  if (wait == base::Duration{0}) return wait;
  if (session.throttled_since == base::kNever) session.throttled_since = now;
  if (now - session.throttled_since >= settings_.throttled_max)
    session.link.close(protocol::CloseReason::kTooMany);
  return wait;
}

void Hub::ignore(Session& session, protocol::MessageError error, base::MonoTime now) {
  metrics_.add(Counter::kMessagesIgnored, static_cast<std::size_t>(error));
  if (!session.invalid_messages.try_take(settings_.invalid_messages, now)) {
    session.link.close(protocol::CloseReason::kPolicy);
  }
}

void Hub::close(Session& session, base::MonoTime now) {
  const auto device = std::exchange(session.device, {});
  if (!device) return;
  sessions_[place_of(device)] = nullptr;
  switchboard_.disconnect(device, now, effects_);
  carry_out();
}

void Hub::token_expired(Session& session) {
  if (!session.device) return;
  switchboard_.token_expired(session.device, effects_);
  carry_out();
}

void Hub::end_login(std::string_view login, base::MonoTime now) {
  const auto hash = login_hash(login);
  if (hash == 0) return;
  // By place: what one of them ends may close another.
  for (std::size_t place = 0; place < sessions_.size(); ++place) {
    Session* session = sessions_[place];
    if (session == nullptr || session->login != hash) continue;
    close(*session, now);
    session->link.close(protocol::CloseReason::kSessionEnded);
  }
}

void Hub::shut_down(base::MonoTime now) {
  switchboard_.shut_down(now, effects_);
  carry_out();
}

void Hub::on_time(base::MonoTime now) {
  switchboard_.on_time(now, effects_);
  carry_out();
}

void Hub::report_gauges() {
  const auto counts = switchboard_.counts();
  metrics_.set(ports::Gauge::kDevices, static_cast<std::int64_t>(counts.devices));
  metrics_.set(ports::Gauge::kUsers, static_cast<std::int64_t>(counts.users));
  metrics_.set(ports::Gauge::kCalls, static_cast<std::int64_t>(counts.calls));
  metrics_.set(ports::Gauge::kRateLimits, static_cast<std::int64_t>(counts.limits));
  metrics_.set(ports::Gauge::kDeadlines, static_cast<std::int64_t>(counts.deadlines));
}

Session* Hub::session_of(core::DeviceId device) {
  Session* session = sessions_[place_of(device)];
  return session != nullptr && session->device == device ? session : nullptr;
}

void Hub::carry_out() {
  for (const core::Effect& effect : effects_.list()) {
    std::visit([this](const auto& e) { carry_out(e); }, effect);
  }
  effects_.clear();
}

void Hub::send(core::DeviceId to, const protocol::OutgoingText& text) {
  Session* session = session_of(to);
  if (session == nullptr) return;  // its loss was met in the same step
  metrics_.add(Counter::kMessagesOut);
  session->link.send(text);
}

// `fromUserId` in the JSON type that the sender's token has.
std::string Hub::user_json(core::DeviceId device) {
  const auto name = switchboard_.user_name(device);
  const Session* session = session_of(device);
  const bool integer = session != nullptr && session->user_form == ports::IdForm::kInteger;
  return integer ? std::string(name) : protocol::json_string(name);
}

void Hub::carry_out(const core::DeliverOffer& effect) {
  send(effect.to, protocol::offer_text(effect.payload, user_json(effect.from)));
}

void Hub::carry_out(const core::DeliverAnswer& effect) {
  send(effect.to, protocol::answer_text(effect.payload));
}

void Hub::carry_out(const core::DeliverIce& effect) {
  send(effect.to, protocol::ice_text(effect.payload));
}

void Hub::carry_out(const core::DeliverHangup& effect) {
  send(effect.to, protocol::hangup_text());
}

void Hub::carry_out(const core::CloseDevice& effect) {
  Session* session = session_of(effect.device);
  if (session == nullptr) return;
  sessions_[place_of(effect.device)] = nullptr;
  session->device = {};
  session->link.close(reason_of(effect.cause));
}

void Hub::carry_out(const core::CallRang& effect) {
  metrics_.add(Counter::kCallsRang);
  log_.write(ports::LogLevel::kInfo, "call rings",
             {{"call", as_field(effect.call)}, {"devices", static_cast<std::int64_t>(effect.devices)}});
}

void Hub::carry_out(const core::CallAnswered& effect) {
  metrics_.add(Counter::kCallsAnswered);
  log_.write(ports::LogLevel::kInfo, "call answered",
             {{"call", as_field(effect.call)}, {"rang_ms", std::int64_t{effect.rang.count()}}});
}

void Hub::carry_out(const core::CallEnded& effect) {
  metrics_.add(Counter::kCallsEnded, static_cast<std::size_t>(effect.reason));
  log_.write(ports::LogLevel::kInfo, "call ended",
             {{"call", as_field(effect.call)},
              {"reason", core::name(effect.reason)},
              {"rang_ms", std::int64_t{effect.rang.count()}},
              {"talked_ms", std::int64_t{effect.talked.count()}}});
}

void Hub::carry_out(const core::OfferRefused& effect) {
  const auto refusal = static_cast<std::size_t>(effect.refusal);
  metrics_.add(Counter::kOffersRefused, refusal);
  // As often as a client likes: the metrics count them, the log of a quiet day does not.
  log_.write(ports::LogLevel::kDebug, "offer refused", {{"reason", ports::label_values::kRefusals[refusal]}});
}

void Hub::carry_out(const core::MessageDropped& effect) {
  metrics_.add(Counter::kMessagesDropped, static_cast<std::size_t>(effect.drop));
}

}  // namespace zvonok::hub
