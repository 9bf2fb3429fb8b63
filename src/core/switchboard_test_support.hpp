// A switchboard with phones, for tests: "b2" is the second device of user "b". Each phone keeps what it hears
// as text, so that a test reads as the conversation that it is about.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/switchboard.hpp"

namespace zvonok::core::testing {

using base::Duration;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Words = std::vector<std::string>;

inline Settings default_settings() {
  return {.calls = {},
          .offers = {.caller = base::Rate::per(20, 1min, 10),
                     .pair = base::Rate::per(6, 1min, 6),
                     .pair_long_term = base::Rate::per(30, 1h, 30)}};
}

class Board {
 public:
  explicit Board(const Settings& settings = default_settings()) : switchboard_(settings) {}

  /// False: it is refused.
  bool connect(const std::string& phone) {
    const auto device = switchboard_.connect(user_of(phone), now_, effects_);
    if (device) {
      devices_[phone] = *device;
      phones_[*device] = phone;
    }
    carry_out();
    return device.has_value();
  }
  void connect_all(const Words& phones) {
    for (const auto& phone : phones) EXPECT_TRUE(connect(phone));
  }
  void disconnect(const std::string& phone) {
    switchboard_.disconnect(device(phone), now_, effects_);
    devices_.erase(phone);
    carry_out();
  }
  void offer(const std::string& phone, std::string_view target, std::string_view sdp) {
    switchboard_.offer(device(phone), target, sdp, now_, effects_);
    carry_out();
  }
  void answer(const std::string& phone, std::string_view sdp) {
    switchboard_.answer(device(phone), sdp, now_, effects_);
    carry_out();
  }
  void ice(const std::string& phone, std::string_view candidate) {
    switchboard_.ice(device(phone), candidate, now_, effects_);
    carry_out();
  }
  void hangup(const std::string& phone) {
    switchboard_.hangup(device(phone), now_, effects_);
    carry_out();
  }
  void expire_token(const std::string& phone) {
    switchboard_.token_expired(device(phone), effects_);
    carry_out();
  }
  void shut_down() {
    switchboard_.shut_down(now_, effects_);
    carry_out();
  }
  /// Moves the clock from deadline to deadline.
  void wait(Duration time) {
    const auto until = now_ + time;
    while (switchboard_.next_deadline() <= until) {
      now_ = std::max(now_, switchboard_.next_deadline());
      switchboard_.on_time(now_, effects_);
      carry_out();
    }
    now_ = until;
  }

  /// A call of `caller` that `callee` has answered, with everything up to then heard.
  void call(const std::string& caller, const std::string& callee) {
    offer(caller, user_of(callee), "an offer");
    answer(callee, "an answer");
    forget_all();
  }

  /// What a phone has heard since it was asked last.
  Words heard(const std::string& phone) { return std::exchange(heard_[phone], {}); }
  /// What logs and history were told.
  Words facts() { return std::exchange(facts_, {}); }
  void forget_all() {
    heard_.clear();
    facts_.clear();
  }
  bool is_here(const std::string& phone) const { return devices_.contains(phone); }
  Switchboard::Counts counts() const { return switchboard_.counts(); }
  base::MonoTime next_deadline() const { return switchboard_.next_deadline(); }

 private:
  static std::string user_of(const std::string& phone) {
    return phone.substr(0, phone.find_first_of("0123456789"));
  }
  DeviceId device(const std::string& phone) const { return devices_.at(phone); }

  void hear(DeviceId to, std::string word) {
    const std::string& phone = phones_.at(to);
    // A device that has gone must hear nothing, its own close apart.
    EXPECT_TRUE(devices_.contains(phone) && devices_.at(phone) == to) << phone << " hears " << word;
    heard_[phone].push_back(std::move(word));
  }
  void fact(std::string text) { facts_.push_back(std::move(text)); }

  void carry_out() {
    for (const Effect& effect : effects_.list()) std::visit([this](const auto& e) { carry_out(e); }, effect);
    effects_.clear();
  }
  void carry_out(const DeliverOffer& e) {
    hear(e.to, "offer " + std::string(e.payload) + " of " + phones_.at(e.from));
  }
  void carry_out(const DeliverAnswer& e) { hear(e.to, "answer " + std::string(e.payload)); }
  void carry_out(const DeliverIce& e) { hear(e.to, "ice " + std::string(e.payload)); }
  void carry_out(const DeliverHangup& e) { hear(e.to, "hangup"); }
  void carry_out(const CloseDevice& e) {
    hear(e.device, e.cause == CloseCause::kTokenExpired ? "closed: token expired" : "closed: too many");
    devices_.erase(phones_.at(e.device));
  }
  void carry_out(const CallRang& e) { fact("rang " + std::to_string(e.devices)); }
  void carry_out(const CallAnswered& e) { fact("answered after " + std::to_string(e.rang.count())); }
  void carry_out(const CallEnded& e) {
    fact("ended " + std::string(name(e.reason)) + ", rang " + std::to_string(e.rang.count()) +
         (e.answered ? ", talked " + std::to_string(e.talked.count()) : ""));
  }
  void carry_out(const OfferRefused& e) {
    static constexpr std::array<std::string_view, 5> kNames{"self_call", "in_call", "repeat", "rate_limited",
                                                            "token_expired"};
    fact("refused " + std::string(kNames.at(static_cast<std::size_t>(e.refusal))));
  }
  void carry_out(const MessageDropped& e) {
    static constexpr std::array<std::string_view, 3> kNames{"no_call", "not_now", "candidates_full"};
    fact("dropped " + std::string(kNames.at(static_cast<std::size_t>(e.drop))));
  }

  Switchboard switchboard_;
  Effects effects_;
  base::MonoTime now_{Duration{1'000'000}};
  std::map<std::string, DeviceId> devices_;  // those that are here
  std::map<DeviceId, std::string> phones_;   // all that ever were
  std::map<std::string, Words> heard_;
  Words facts_;
};

/// Offers as fast as the tests like.
inline Settings without_rates() {
  Settings settings = default_settings();
  const base::Rate never_met{1'000'000, 1ms};
  settings.offers = {never_met, never_met, never_met};
  return settings;
}

}  // namespace zvonok::core::testing
