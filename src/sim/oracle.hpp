// What should happen, by the rules of docs/protocol.md (v1): the same inputs as the switchboard's, and the
// events that have to follow. It is written from the rules and not from the core: plain lists that are
// searched, no ids, no table, classic token buckets. It knows payloads by their numbers only.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "core/effects.hpp"
#include "core/switchboard.hpp"
#include "sim/event.hpp"

namespace zvonok::sim {

using base::MonoTime;

class Oracle {
 public:
  explicit Oracle(const core::Settings& settings) : settings_(settings) {}

  // Inputs. Each leaves what has to follow in `expected`.
  /// `closed`: the device that was really closed to make room, since among equally old ones any will do.
  /// False: refused.
  bool connect(Seat seat, Seat closed, MonoTime now);
  void disconnect(Seat seat, MonoTime now);
  void offer(Seat seat, int target, std::int64_t payload, MonoTime now);
  void answer(Seat seat, std::int64_t payload, MonoTime now);
  void ice(Seat seat, std::int64_t payload, MonoTime now);
  void hangup(Seat seat, MonoTime now);
  void token_expired(Seat seat, MonoTime now);
  void on_time(MonoTime now);
  void shut_down(MonoTime now);

  Events take_expected() { return std::exchange(expected_, {}); }

  // What is true now.
  bool here(Seat seat) const { return devices_[seat].here; }
  bool token_alive(Seat seat) const { return !devices_[seat].expired; }
  std::size_t devices() const;
  std::size_t users() const;
  std::size_t calls() const { return calls_.size(); }
  std::size_t ringing() const;
  std::size_t expired_devices() const;
  /// The party devices of the calls that are answered.
  std::vector<Seat> talking() const;
  MonoTime next_wait() const;
  /// Equal texts: the same future, whatever the past. For the exhaustive search.
  std::string digest(MonoTime now) const;

 private:
  struct Device {
    bool here = false, expired = false;
    MonoTime last_message{}, closes_at = base::kNever;
  };
  struct Rung {
    Seat seat;
    bool muted = false;
    std::vector<std::int64_t> held{};
    std::size_t ice_bytes = 0;
  };
  struct Call {
    std::int64_t number;
    Seat caller;
    int callee;               // the user …
    Seat answerer = kNoSeat;  // … and the device that answered
    MonoTime began, answered{};
    std::int64_t offer;
    std::vector<Rung> rung{};
    std::vector<std::int64_t> caller_ice{};
    std::size_t caller_ice_bytes = 0;
    bool somebody_busy = false;
    int owed_by_caller = 0, owed_by_answerer = 0;  // answers to renegotiations

    bool ringing() const { return answerer == kNoSeat; }
    bool has_party(Seat s) const { return s == caller || s == answerer; }
    bool rings(Seat s) const;
  };
  struct Bucket {
    std::int64_t credit_us = -1;  // -1: never used, so full
    MonoTime seen{};
  };
  using Pair = std::pair<int, int>;

  Call* call_of(Seat seat);              // it is a party of it, or rung by it
  Call* call_carried_by_user(int user);  // one of its devices is a party
  Call* call_ringing_user(int user);
  bool idle(Seat seat) { return call_of(seat) == nullptr; }

  void hear(What what, Seat to, std::int64_t payload = 0, Seat from = kNoSeat) {
    expected_.push_back({.what = what, .seat = to, .peer = from, .a = payload});
  }
  void drop(Seat seat, core::Drop why) {
    expected_.push_back({.what = What::kDropped, .seat = seat, .a = static_cast<std::int64_t>(why)});
  }
  void hear_ring(const Call& call, Seat seat);
  bool fits(std::size_t& bytes, std::int64_t payload, Seat sender);
  void keep(std::vector<std::int64_t>& kept, std::int64_t payload, Seat sender);
  void leave_ring(Call& call, Seat seat, bool since_busy, MonoTime now);
  void accept(Call& call, Seat seat, std::int64_t payload, MonoTime now);
  void end(Call& call, core::EndReason reason, Seat silent, MonoTime now);
  void settle(Seat seat, MonoTime now);
  void close(Seat seat, core::CloseCause cause);

  void offer_to_peer(Call& call, Seat seat, std::int64_t payload, MonoTime now);
  std::optional<core::Refusal> refusal(Seat seat, int target, std::int64_t payload, MonoTime now);
  bool has_token(Bucket& bucket, const base::Rate& rate, MonoTime now) const;
  bool spend_pair(Pair pair, MonoTime now);

  // Given to us.
  const core::Settings settings_;
  // State.
  std::array<Device, kSeats> devices_{};
  std::vector<Call> calls_;
  std::int64_t last_call_ = 0;
  std::map<int, Bucket> callers_;
  std::map<Pair, Bucket> pairs_, pairs_by_the_hour_;
  std::map<Pair, std::pair<std::int64_t, MonoTime>> ended_offers_;  // the payload, until when it is a repeat
  Events expected_;
};

}  // namespace zvonok::sim
