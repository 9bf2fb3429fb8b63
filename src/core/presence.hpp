// Who is here: users by name, and the devices of each. A user lives as long as a device of theirs is
// connected.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/slab.hpp"
#include "base/time.hpp"
#include "core/ids.hpp"

namespace zvonok::core {

struct Device {
  UserId user{};
  DeviceId next_of_user{};  // the user's devices form a list, newest first
  CallId call{};            // the call it is a party to
  CallId ring{};            // the call whose ring set it is in
  base::MonoTime last_message{};
  bool token_expired = false;

  bool idle() const { return !call && !ring; }
};

struct User {
  std::string name{};
  DeviceId first_device{};
  std::size_t devices = 0;
  CallId call{};  // the one call this user is a party to, with whichever device
  CallId ring{};  // the call that rings this user
  bool busy() const { return call || ring; }
};

class Presence {
 public:
  DeviceId add(std::string_view user_name, base::MonoTime now);
  /// The device must be in no call and no ring.
  void remove(DeviceId device);

  Device& device(DeviceId device) { return devices_.at(device); }
  User& user(UserId user) { return users_.at(user); }
  User& user_of(DeviceId device) { return user(this->device(device).user); }
  /// 0 when nobody of that name is here.
  UserId find_user(std::string_view name) const;

  /// Of a user's devices in no call and no ring, the one whose last message is oldest; 0 when there is none.
  DeviceId stalest_idle_device(UserId user);

  template <class F>
  void for_each_device_of(UserId user, F&& f) {
    for (DeviceId d = this->user(user).first_device; d;) {
      const DeviceId next = device(d).next_of_user;
      f(d);
      d = next;
    }
  }

  void leave_call(DeviceId device);
  void leave_ring(DeviceId device);
  /// Devices with an expired token that have just left their last call or ring.
  std::vector<DeviceId> take_expired_idle() { return std::exchange(expired_idle_, {}); }

  std::size_t device_count() const { return devices_.size(); }
  std::size_t user_count() const { return users_.size(); }

 private:
  // Names are looked up by the text of the request, without making a string of it first.
  struct NameHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  base::Slab<Device, DeviceId> devices_;
  base::Slab<User, UserId> users_;
  std::unordered_map<std::string, UserId, NameHash, std::equal_to<>> by_name_;
  std::vector<DeviceId> expired_idle_;
};

}  // namespace zvonok::core
