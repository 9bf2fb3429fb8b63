// A schedule: everything that happens in one run, as data. It is made before the run, from a seed or from
// bytes of a fuzzer, and an action names its device by seat, so that any action can be deleted and the rest
// still means the same: that is what makes shrinking work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace zvonok::sim {

inline constexpr int kUsersMax = 8;
inline constexpr int kSeatsPerUser = 5;
inline constexpr int kSeats = kUsersMax * kSeatsPerUser;

/// A place for a device: user × number. Empty again and again; each connection that takes it is a new device.
using Seat = int;
inline constexpr Seat kNoSeat = -1;
constexpr int user_of(Seat seat) {
  return seat / kSeatsPerUser;
}
constexpr Seat seat_of(int user, int number) {
  return user * kSeatsPerUser + number;
}

enum class Verb : std::uint8_t {
  kConnect,
  kDisconnect,
  kOffer,
  kOfferAgain,  // the bytes of the device's last offer once more, if it made one
  kAnswer,
  kIce,
  kHangup,
  kTokenExpired,
  kWait,
  kWaitForDeadline,
  kDawdle,  // time passes and the timer is late: on_time is not called
  kShutDown,
};
inline constexpr std::size_t kVerbs = 12;

/// An action that cannot happen (a hangup from an empty seat) is skipped when its turn comes.
struct Action {
  Verb verb = Verb::kWait;
  Seat seat = 0;
  int target = 0;  // of an offer: a user; the number of users: somebody unknown
  std::uint32_t wait_ms = 0;
};

struct Setup {
  int users = 2;
  int seats = 2;                      // per user
  std::size_t devices_per_user = 16;  // fewer than seats: the limit is met
  std::size_t candidates_kept = 64;
  std::size_t candidate_bytes = 131'072;  // a candidate is the digits of its number here
  bool default_rates = false;             // otherwise so high that they are never met
};

struct Schedule {
  Setup setup;
  std::vector<Action> actions;
};

/// Each seed has a mix of its own ("swarm testing", Groce et al. 2012): some verbs are off, the others have
/// random weights. A mix of everything rarely gets far into any one corner.
Schedule random_schedule(std::uint64_t seed, std::size_t steps);
/// Any bytes are a schedule.
Schedule schedule_of_bytes(const std::uint8_t* data, std::size_t size);

std::string user_name(int user);
std::string seat_name(Seat seat);
std::string describe(const Action& action);
std::string describe(const Setup& setup);

}  // namespace zvonok::sim
