// The core's front door: every input of the world is one function here, every consequence is in `Effects`. It
// has no clock, no socket, no thread, no chance: the same inputs at the same times give the same effects.
//
// A v1 message names no call; which one it means follows from the device that sent it
// (`Switchboard::seat_of`).
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/calls.hpp"
#include "core/effects.hpp"
#include "core/offer_limits.hpp"
#include "core/presence.hpp"

namespace zvonok::core {

struct Settings {
  CallSettings calls;
  OfferRates offers;
  std::size_t devices_per_user = 16;
};

enum class ConnectError : std::uint8_t { kTooManyDevices };

/// One thread at a time. Each input function appends to `out`; carry the effects out before the next input.
class Switchboard {
 public:
  explicit Switchboard(const Settings& settings);
  // Calls holds references into this object.
  Switchboard(const Switchboard&) = delete;
  Switchboard& operator=(const Switchboard&) = delete;

  /// A device of `user` is here. While its user is being rung it joins the ring at once.
  base::Result<DeviceId, ConnectError> connect(std::string_view user, base::MonoTime now, Effects& out);
  /// Its connection is gone, however. Not for a device that a CloseDevice effect has named.
  void disconnect(DeviceId device, base::MonoTime now, Effects& out);

  void offer(DeviceId device, std::string_view target, Payload payload, base::MonoTime now, Effects& out);
  void answer(DeviceId device, Payload payload, base::MonoTime now, Effects& out);
  void ice(DeviceId device, Payload payload, base::MonoTime now, Effects& out);
  void hangup(DeviceId device, base::MonoTime now, Effects& out);

  /// The device's token has just expired: it goes now, or 5 s after its last call.
  void token_expired(DeviceId device, Effects& out);
  /// Ends every call.
  void shut_down(base::MonoTime now, Effects& out);

  /// When `on_time` has to be called at the latest; kNever: not before the next input.
  base::MonoTime next_deadline() const;
  void on_time(base::MonoTime now, Effects& out);

  /// The name of a live device's user, until the next input.
  std::string_view user_name(DeviceId device) { return presence_.user_of(device).name; }

  struct Counts {
    std::size_t devices, users, calls, limits, deadlines;
  };
  Counts counts() const;

 private:
  struct Seat {
    CallId call;
    Role role{};
  };
  std::optional<Seat> seat_of(DeviceId device);
  void act(DeviceId device, CallEvent as_caller, CallEvent as_callee, Payload payload, base::MonoTime now,
           Effects& out);
  bool offer_in_call(DeviceId device, std::string_view target, Payload payload, base::MonoTime now,
                     Effects& out);
  void offer_new_call(DeviceId device, std::string_view target, Payload payload, base::MonoTime now,
                      Effects& out);
  std::optional<Refusal> refusal_of(DeviceId device, std::string_view target, Payload payload,
                                    base::MonoTime now);
  void tell_if_idle(DeviceId device, Effects& out);
  void close(DeviceId device, CloseCause cause, Effects& out);
  void forget(DeviceId device);
  void watch_expired_idle(base::MonoTime now);

  // Given to us.
  const Settings settings_;
  // State.
  Presence presence_;
  OfferLimits limits_;
  Calls calls_;
  // Devices whose token expired during a call that is over now, and when they are closed.
  std::set<std::pair<base::MonoTime, DeviceId>> expired_idle_;
};

}  // namespace zvonok::core
