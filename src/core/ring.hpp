// The ring of one call: the devices of the callee that ring, and what has to be kept until one of them
// answers.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/effects.hpp"
#include "core/ids.hpp"

namespace zvonok::core {

/// Of the candidates of one party before the answer. A real one has 100 to 300 bytes; without a limit of
/// bytes a caller could fill the queue of whoever connects while it rings, or the server's memory.
struct CandidateLimits {
  std::size_t kept = 64;
  std::size_t bytes = 131'072;
};

/// A device of the callee that was sent the offer and is not out.
struct RungDevice {
  DeviceId id;
  // After glare a v1 device still sends the candidates of the offer that lost: they belong to no call.
  bool ice_muted = false;
  std::size_t ice_bytes = 0;  // of all that it has sent
  std::deque<std::string> kept_ice{};
};

class Ring {
 public:
  void join(DeviceId device, Effects& out, DeviceId caller);
  /// Takes a device out. The last one left alone is what "rings alone" means: what was kept for it goes out.
  void leave(DeviceId device, DeviceId caller, Effects& out);
  /// The winner's kept candidates, behind its answer.
  void hand_over_kept_ice(DeviceId winner, DeviceId caller, Effects& out);

  void ice_from_caller(DeviceId caller, Payload payload, const CandidateLimits& limits, Effects& out);
  void ice_from_rung(DeviceId device, DeviceId caller, Payload payload, const CandidateLimits& limits,
                     Effects& out);
  /// A new text of the offer, for all.
  void reoffer(DeviceId caller, Payload payload, Effects& out);
  /// Glare: `device` learns that its own offer is void, and gets the surviving one again. Once: to a client
  /// that goes on offering nothing more is said.
  void refuse_offer_of(DeviceId device, DeviceId caller, Effects& out);

  const std::vector<RungDevice>& devices() const { return devices_; }
  bool empty() const { return devices_.empty(); }
  Payload offer() const { return offer_; }

  /// A device left since its user called somebody else with it: when nobody is left, the callee was busy.
  void note_busy() { somebody_was_busy_ = true; }
  bool somebody_was_busy() const { return somebody_was_busy_; }

 private:
  void deliver_offer_and_ice(DeviceId device, DeviceId caller, Effects& out) const;
  RungDevice* find(DeviceId device);

  std::string offer_;
  std::vector<RungDevice> devices_;
  std::deque<std::string> caller_ice_;
  std::size_t caller_ice_bytes_ = 0;  // of all that it has sent
  bool somebody_was_busy_ = false;
};

}  // namespace zvonok::core
