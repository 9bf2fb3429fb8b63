#include "core/presence.hpp"

namespace zvonok::core {

DeviceId Presence::add(std::string_view user_name, base::MonoTime now) {
  UserId user_id = find_user(user_name);
  if (!user_id) {
    user_id = users_.insert({.name = std::string(user_name)});
    by_name_.emplace(user_name, user_id);
  }
  const DeviceId id =
      devices_.insert({.user = user_id, .next_of_user = user(user_id).first_device, .last_message = now});
  user(user_id).first_device = id;
  ++user(user_id).devices;
  return id;
}

void Presence::remove(DeviceId id) {
  const Device& gone = device(id);
  ZVONOK_ASSERT(gone.idle());
  const UserId user_id = gone.user;
  User& owner = user(user_id);
  DeviceId* link = &owner.first_device;
  while (*link != id) link = &device(*link).next_of_user;
  *link = gone.next_of_user;
  devices_.erase(id);
  if (--owner.devices > 0) return;
  ZVONOK_ASSERT(!owner.busy());
  by_name_.erase(by_name_.find(owner.name));
  users_.erase(user_id);
}

UserId Presence::find_user(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? UserId{} : found->second;
}

DeviceId Presence::stalest_idle_device(UserId user_id) {
  DeviceId stalest;
  for_each_device_of(user_id, [&](DeviceId id) {
    if (!device(id).idle()) return;
    if (!stalest || device(id).last_message < device(stalest).last_message) stalest = id;
  });
  return stalest;
}

void Presence::leave_call(DeviceId id) {
  Device& left = device(id);
  left.call = {};
  if (left.token_expired && left.idle()) expired_idle_.push_back(id);
}

void Presence::leave_ring(DeviceId id) {
  Device& left = device(id);
  left.ring = {};
  if (left.token_expired && left.idle()) expired_idle_.push_back(id);
}

}  // namespace zvonok::core
