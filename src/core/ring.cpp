#include "core/ring.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace zvonok::core {
namespace {

// Whether there is still room for it; says so when there is none.
bool take_bytes(std::size_t& taken, Payload payload, const CandidateLimits& limits, DeviceId sender,
                Effects& out) {
  if (payload.size() > limits.bytes - taken) {
    out.add(MessageDropped{sender, Drop::kCandidatesFull});
    return false;
  }
  taken += payload.size();
  return true;
}

// Keeps the newest; says so when an older one had to go.
void keep_last(std::deque<std::string>& kept, Payload payload, const CandidateLimits& limits, DeviceId sender,
               Effects& out) {
  kept.emplace_back(payload);
  if (kept.size() <= limits.kept) return;
  kept.pop_front();
  out.add(MessageDropped{sender, Drop::kCandidatesFull});
}

}  // namespace

RungDevice* Ring::find(DeviceId device) {
  const auto found = std::ranges::find(devices_, device, &RungDevice::id);
  return found == devices_.end() ? nullptr : &*found;
}

void Ring::deliver_offer_and_ice(DeviceId device, DeviceId caller, Effects& out) const {
  out.add(DeliverOffer{device, caller, offer_});
  for (const auto& candidate : caller_ice_) out.add(DeliverIce{device, candidate});
}

void Ring::join(DeviceId device, Effects& out, DeviceId caller) {
  devices_.push_back({.id = device});
  deliver_offer_and_ice(device, caller, out);
}

void Ring::leave(DeviceId device, DeviceId caller, Effects& out) {
  std::erase_if(devices_, [&](const RungDevice& rung) { return rung.id == device; });
  if (devices_.size() == 1) hand_over_kept_ice(devices_.front().id, caller, out);
}

void Ring::hand_over_kept_ice(DeviceId winner, DeviceId caller, Effects& out) {
  RungDevice* rung = find(winner);
  ZVONOK_ASSERT(rung != nullptr);
  for (auto& candidate : rung->kept_ice) out.add(DeliverIce{caller, out.keep(std::move(candidate))});
  rung->kept_ice.clear();
}

void Ring::ice_from_caller(DeviceId caller, Payload payload, const CandidateLimits& limits, Effects& out) {
  if (!take_bytes(caller_ice_bytes_, payload, limits, caller, out)) return;
  for (const auto& rung : devices_) out.add(DeliverIce{rung.id, payload});
  keep_last(caller_ice_, payload, limits, caller, out);
}

void Ring::ice_from_rung(DeviceId device, DeviceId caller, Payload payload, const CandidateLimits& limits,
                         Effects& out) {
  RungDevice* rung = find(device);
  ZVONOK_ASSERT(rung != nullptr);
  if (rung->ice_muted) {
    out.add(MessageDropped{device, Drop::kNotNow});
  } else if (!take_bytes(rung->ice_bytes, payload, limits, device, out)) {
    return;
  } else if (devices_.size() == 1) {
    out.add(DeliverIce{caller, payload});
  } else {
    keep_last(rung->kept_ice, payload, limits, device, out);
  }
}

void Ring::reoffer(DeviceId caller, Payload payload, Effects& out) {
  offer_ = payload;
  for (const auto& rung : devices_) out.add(DeliverOffer{rung.id, caller, payload});
}

void Ring::refuse_offer_of(DeviceId device, DeviceId caller, Effects& out) {
  RungDevice* rung = find(device);
  ZVONOK_ASSERT(rung != nullptr);
  if (std::exchange(rung->ice_muted, true)) return out.add(MessageDropped{device, Drop::kNotNow});
  rung->kept_ice.clear();
  out.add(DeliverHangup{device});
  deliver_offer_and_ice(device, caller, out);
}

}  // namespace zvonok::core
