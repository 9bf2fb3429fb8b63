// One call: who, in which state, since when. How it changes is the table's affair (call_table.hpp).
#pragma once

#include <cstdint>
#include <memory>

#include "base/time.hpp"
#include "core/call_table.hpp"
#include "core/ids.hpp"
#include "core/ring.hpp"

namespace zvonok::core {

enum class Role : std::uint8_t { kCaller, kCallee };

struct Party {
  UserId user;
  DeviceId device;  // the callee's: none until one has answered
  // Renegotiations this party has been offered and has not answered: only who was offered may answer. It
  // saturates.
  std::uint16_t offers_to_answer = 0;
};

struct Call {
  CallState state = CallState::kRinging;
  Party caller, callee;
  std::unique_ptr<Ring> ring;  // while it rings; an answered call keeps nothing
  base::MonoTime began, answered, ring_until;

  Party& party(Role role) { return role == Role::kCaller ? caller : callee; }
  Party& peer_of(Role role) { return role == Role::kCaller ? callee : caller; }
};

}  // namespace zvonok::core
