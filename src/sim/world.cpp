#include "sim/world.hpp"

#include <algorithm>
#include <charconv>

#include "base/assert.hpp"

namespace zvonok::sim {
namespace {

using base::Duration;

core::Settings settings_of(const Setup& setup) {
  // The defaults of protocol.json, or rates that no schedule reaches.
  const base::Rate never_met{1'000'000, Duration{1}};
  core::Settings settings;
  settings.calls.candidates = {.kept = setup.candidates_kept, .bytes = setup.candidate_bytes};
  settings.devices_per_user = setup.devices_per_user;
  settings.offers = setup.default_rates
                        ? core::OfferRates{.caller = base::Rate::per(20, base::minutes(1), 10),
                                           .pair = base::Rate::per(6, base::minutes(1), 6),
                                           .pair_long_term = base::Rate::per(30, base::hours(1), 30)}
                        : core::OfferRates{never_met, never_met, never_met};
  return settings;
}

}  // namespace

World::World(const Setup& setup)
    : setup_(setup), settings_(settings_of(setup)), board_(settings_), oracle_(settings_) {
  now_ += Duration{1'000'000};  // a clock that has run for a while
}

std::string World::act(const Action& action) {
  story_.clear();
  skipped_ = !possible(action);
  if (skipped_) return "";
  if (action.verb == Verb::kWait) return advance(action, now_ + Duration{action.wait_ms});
  if (action.verb == Verb::kWaitForDeadline) return advance(action, board_.next_deadline());
  perform(action);
  return judge(action);
}

bool World::possible(const Action& action) const {
  switch (action.verb) {
    case Verb::kConnect:
      return !oracle_.here(action.seat);
    case Verb::kTokenExpired:  // once per token
      return oracle_.here(action.seat) && oracle_.token_alive(action.seat);
    case Verb::kWait:
    case Verb::kDawdle:
    case Verb::kShutDown:
      return true;
    case Verb::kWaitForDeadline:
      return board_.next_deadline() != base::kNever;
    default:
      return oracle_.here(action.seat);
  }
}

void World::perform(const Action& action) {
  const Seat seat = action.seat;
  const core::DeviceId device = devices_[seat];
  switch (action.verb) {
    case Verb::kConnect:
      return connect(seat);
    case Verb::kDisconnect:
      board_.disconnect(device, now_, effects_);
      return oracle_.disconnect(seat, now_);
    case Verb::kOffer:
    case Verb::kOfferAgain:
      return offer(action);
    case Verb::kAnswer:
      board_.answer(device, write(seat), now_, effects_);
      return oracle_.answer(seat, payloads_, now_);
    case Verb::kIce:
      board_.ice(device, write(seat), now_, effects_);
      return oracle_.ice(seat, payloads_, now_);
    case Verb::kHangup:
      board_.hangup(device, now_, effects_);
      return oracle_.hangup(seat, now_);
    case Verb::kTokenExpired:
      board_.token_expired(device, effects_);
      return oracle_.token_expired(seat, now_);
    case Verb::kShutDown:
      board_.shut_down(now_, effects_);
      return oracle_.shut_down(now_);
    case Verb::kDawdle:
      now_ += Duration{action.wait_ms};
      return;
    case Verb::kWait:
    case Verb::kWaitForDeadline:
      ZVONOK_UNREACHABLE("waiting is done by advance");
  }
}

void World::connect(Seat seat) {
  const auto device = board_.connect(user_name(user_of(seat)), now_, effects_);
  if (device) {
    devices_[seat] = *device;
    if (!seats_.emplace(*device, seat).second) wrong_ = "a device id is used again";
  }
  Seat closed = kNoSeat;
  for (const auto& effect : effects_.list()) {
    if (const auto* close = std::get_if<core::CloseDevice>(&effect)) closed = seat_of_device(close->device);
  }
  if (oracle_.connect(seat, closed, now_) != device.has_value())
    wrong_ = "a device is let in, or refused, wrongly";
  last_offer_[seat] = 0;
}

void World::offer(const Action& action) {
  const Seat seat = action.seat;
  if (action.verb == Verb::kOffer || last_offer_[seat] == 0) {
    write(seat);
    last_offer_[seat] = payloads_;
  } else {
    text_ = std::to_string(last_offer_[seat]);
  }
  board_.offer(devices_[seat], user_name(action.target), text_, now_, effects_);
  oracle_.offer(seat, action.target, last_offer_[seat], now_);
}

// Moves the clock from deadline to deadline, as an event loop does.
std::string World::advance(const Action& action, MonoTime until) {
  while (board_.next_deadline() <= until) {
    now_ = std::max(now_, board_.next_deadline());
    board_.on_time(now_, effects_);
    oracle_.on_time(now_);
    if (std::string wrong = judge(action); !wrong.empty()) return wrong;
    if (board_.next_deadline() <= now_) return "L1: on_time leaves a deadline behind";
  }
  now_ = std::max(now_, until);
  return "";
}

std::string World::judge(const Action& action) {
  const Events observed = read_effects();
  if (telling_) {
    for (const Event& event : observed) story_.append("      ").append(describe(event)).push_back('\n');
  }
  if (!wrong_.empty()) return wrong_;
  const bool refused_connect = action.verb == Verb::kConnect && !oracle_.here(action.seat);
  if (!refused_connect) {
    if (std::string wrong = witness_.see(action, observed); !wrong.empty()) return wrong;
  }
  if (std::string wrong = compare(observed); !wrong.empty()) return wrong;
  return check_counts();
}

std::string World::compare(Events observed) {
  Events expected = oracle_.take_expected();
  normalise(observed);
  normalise(expected);
  const auto [seen, due] = std::ranges::mismatch(observed, expected);
  if (seen == observed.end() && due == expected.end()) return "";
  return "expected: " + (due == expected.end() ? "nothing more" : describe(*due)) +
         "; happened: " + (seen == observed.end() ? "nothing more" : describe(*seen));
}

// S9: what is kept is what lives, and each wait has its timer.
std::string World::check_counts() const {
  const auto counts = board_.counts();
  if (counts.devices != oracle_.devices()) return "S9: devices";
  if (counts.users != oracle_.users()) return "S9: users";
  if (counts.calls != oracle_.calls() || counts.calls > counts.users) return "S9: calls";
  // An expired device that is rung once more may keep its old deadline until that comes.
  if (counts.deadlines < oracle_.ringing()) return "S9: a ring without a timer";
  if (counts.deadlines > oracle_.ringing() + oracle_.expired_devices()) return "S9: a timer for nothing";
  const auto users = static_cast<std::size_t>(setup_.users);
  if (counts.limits > users + users * (users + 1)) return "S9: limits";
  if (board_.next_deadline() > oracle_.next_wait()) return "L1: nobody would wake the core in time";
  return "";
}

// --- effects, as the outside sees them ---

Seat World::seat_of_device(core::DeviceId device) const {
  const auto found = seats_.find(device);
  ZVONOK_ASSERT(found != seats_.end());
  return found->second;
}

// Calls get numbers in the order in which they ring; one that never rang is 0.
std::int64_t World::number_of_call(core::CallId call) {
  const auto found = call_numbers_.find(call);
  return found == call_numbers_.end() ? 0 : found->second;
}

std::string_view World::write(Seat seat) {
  witness_.wrote(seat, ++payloads_);
  return text_ = std::to_string(payloads_);
}

std::int64_t World::number_of(core::Payload payload) {
  std::int64_t number = 0;
  std::from_chars(payload.data(), payload.data() + payload.size(), number);
  return number;
}

namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace

Events World::read_effects() {
  Events events;
  events.reserve(effects_.list().size());
  const auto word = [&](What what, core::DeviceId to, std::int64_t a = 0, Seat from = kNoSeat) {
    const Seat seat = seat_of_device(to);
    if (devices_[seat] != to) wrong_ = "S11: a device that is gone hears something";
    events.push_back({.what = what, .seat = seat, .peer = from, .a = a});
  };
  const auto read = Overloaded{
      [&](const core::DeliverOffer& e) {
        word(What::kOffer, e.to, number_of(e.payload), seat_of_device(e.from));
      },
      [&](const core::DeliverAnswer& e) { word(What::kAnswer, e.to, number_of(e.payload)); },
      [&](const core::DeliverIce& e) { word(What::kIce, e.to, number_of(e.payload)); },
      [&](const core::DeliverHangup& e) { word(What::kHangup, e.to); },
      [&](const core::CloseDevice& e) { word(What::kClosed, e.device, static_cast<std::int64_t>(e.cause)); },
      [&](const core::OfferRefused& e) {
        word(What::kRefused, e.device, static_cast<std::int64_t>(e.refusal));
      },
      [&](const core::MessageDropped& e) {
        word(What::kDropped, e.device, static_cast<std::int64_t>(e.drop));
      },
      [&](const core::CallRang& e) {
        if (!call_numbers_.emplace(e.call, ++calls_).second) wrong_ = "a call id is used again";
        events.push_back({.what = What::kRang, .a = calls_, .b = static_cast<std::int64_t>(e.devices)});
      },
      [&](const core::CallAnswered& e) {
        events.push_back({.what = What::kAnswered, .a = number_of_call(e.call), .b = e.rang.count()});
      },
      [&](const core::CallEnded& e) {
        events.push_back({.what = What::kEnded,
                          .a = number_of_call(e.call),
                          .b = static_cast<std::int64_t>(e.reason),
                          .c = e.rang.count(),
                          .d = e.talked.count()});
      }};
  for (const auto& effect : effects_.list()) std::visit(read, effect);
  effects_.clear();
  return events;
}

// --- the end of a run ---

std::string World::finish() {
  const Action wait{.verb = Verb::kWait};
  if (std::string wrong = advance(wait, now_ + 2 * settings_.calls.ring_max); !wrong.empty()) return wrong;
  if (oracle_.ringing() != 0) return "L1: a call rings for ever";
  if (std::string wrong = hang_up_all(); !wrong.empty()) return wrong;
  if (board_.counts().calls != 0) return "L1: a call that nobody is in";
  // The buckets fill up, and devices with expired tokens go.
  if (std::string wrong = advance(wait, now_ + base::hours(2)); !wrong.empty()) return wrong;
  if (std::string wrong = call_everybody(); !wrong.empty()) return "L2: " + wrong;
  return leave_all();
}

std::string World::hang_up_all() {
  for (const Seat seat : oracle_.talking()) {
    if (std::string wrong = act({.verb = Verb::kHangup, .seat = seat}); !wrong.empty()) return wrong;
  }
  return "";
}

std::string World::call_everybody() {
  std::array<Seat, kUsersMax> phone{};
  phone.fill(kNoSeat);
  for (Seat seat = 0; seat < kSeats; ++seat) {
    if (oracle_.here(seat)) phone[user_of(seat)] = seat;
  }
  for (int caller = 0; caller < setup_.users; ++caller) {
    const int callee = (caller + 1) % setup_.users;
    if (phone[caller] == kNoSeat || phone[callee] == kNoSeat) continue;
    for (const Action& action : {Action{.verb = Verb::kOffer, .seat = phone[caller], .target = callee},
                                 Action{.verb = Verb::kAnswer, .seat = phone[callee]},
                                 Action{.verb = Verb::kHangup, .seat = phone[caller]}}) {
      if (std::string wrong = act(action); !wrong.empty()) return wrong;
      if (oracle_.talking().empty() == (action.verb == Verb::kAnswer)) return "an idle user cannot be called";
    }
  }
  return "";
}

std::string World::leave_all() {
  for (Seat seat = 0; seat < kSeats; ++seat) {
    if (std::string wrong = act({.verb = Verb::kDisconnect, .seat = seat}); !wrong.empty()) return wrong;
  }
  if (std::string wrong = advance({.verb = Verb::kWait}, now_ + base::hours(2)); !wrong.empty()) return wrong;
  const auto left = board_.counts();
  if (left.devices + left.users + left.calls + left.limits + left.deadlines != 0)
    return "L3: something is left";
  if (board_.next_deadline() != base::kNever) return "L3: a timer is left";
  return "";
}

}  // namespace zvonok::sim
