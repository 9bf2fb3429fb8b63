// What the core wants done. Effects are values: the hub carries them out, in their order, and the simulator
// reads them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "core/end_reason.hpp"
#include "core/ids.hpp"

namespace zvonok::core {

/// The bytes of a message's payload as its sender wrote them. Empty: there was none (no JSON value is empty).
using Payload = std::string_view;

/// Ring `to`, or renegotiate with it: the offer of `from`.
struct DeliverOffer {
  DeviceId to, from;
  Payload payload;
};
struct DeliverAnswer {
  DeviceId to;
  Payload payload;
};
struct DeliverIce {
  DeviceId to;
  Payload payload;
};
/// The call, or the ring, or the offer that `to` was in is over. The one word a v1 client understands for all
/// of that.
struct DeliverHangup {
  DeviceId to;
};

enum class CloseCause : std::uint8_t { kTooManyDevices, kTokenExpired };
/// The core has forgotten `device`; its connection is to be closed.
struct CloseDevice {
  DeviceId device;
  CloseCause cause;
};

struct CallRang {
  CallId call;
  std::size_t devices;
};
struct CallAnswered {
  CallId call;
  base::Duration rang;
};
/// Once per call, also for one that never rang (busy, unreachable: then `rang` is 0).
struct CallEnded {
  CallId call;
  EndReason reason;
  bool answered;
  base::Duration rang;    // from the offer to the answer or the end
  base::Duration talked;  // 0 without an answer
};

/// Why an offer made no call. The sender, if it is in no call, is told by a DeliverHangup beside this.
enum class Refusal : std::uint8_t { kSelfCall, kInCall, kRepeat, kRateLimited, kTokenExpired };
struct OfferRefused {
  DeviceId device;
  Refusal refusal;
};

/// Why a well-formed message led to nothing.
enum class Drop : std::uint8_t { kNoCall, kNotNow, kCandidatesFull };
struct MessageDropped {
  DeviceId device;
  Drop drop;
};

using Effect = std::variant<DeliverOffer, DeliverAnswer, DeliverIce, DeliverHangup, CloseDevice, CallRang,
                            CallAnswered, CallEnded, OfferRefused, MessageDropped>;

/// The effects of one step, in order. Payloads in it live until the next step of the switchboard or `clear`,
/// whichever is first: carry out, then step again.
class Effects {
 public:
  template <class E>
  void add(E effect) {
    list_.emplace_back(std::move(effect));
  }
  /// Keeps a payload whose owner goes away in this step.
  Payload keep(std::string payload) { return kept_.emplace_back(std::move(payload)); }

  const std::vector<Effect>& list() const { return list_; }
  void clear() {
    list_.clear();
    if (!kept_.empty()) kept_.clear();
  }

 private:
  std::vector<Effect> list_;
  std::deque<std::string> kept_;  // a deque, since its strings do not move
};

}  // namespace zvonok::core
