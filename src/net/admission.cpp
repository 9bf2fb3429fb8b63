#include "net/admission.hpp"

#include <algorithm>
#include <utility>

namespace zvonok::net {

AddressLease::AddressLease(AddressLease&& other) noexcept
    : entry_(std::exchange(other.entry_, nullptr)),
      without_request_(std::exchange(other.without_request_, false)) {}

AddressLease& AddressLease::operator=(AddressLease&& other) noexcept {
  if (this == &other) return *this;
  release();
  entry_ = std::exchange(other.entry_, nullptr);
  without_request_ = std::exchange(other.without_request_, false);
  return *this;
}

void AddressLease::release() {
  request_arrived();
  if (entry_ != nullptr) --entry_->connections;
  entry_ = nullptr;
}

void AddressLease::request_arrived() {
  if (std::exchange(without_request_, false)) --entry_->without_request;
}

bool AddressTable::is_exempt(const base::IpAddress& address) const {
  return std::ranges::any_of(limits_.exempt,
                             [&](const base::IpRange& range) { return range.contains(address); });
}

AddressLease::Entry& AddressTable::entry(const base::IpAddress& address, base::MonoTime now) {
  if (entries_.size() >= sweep_at_size_) sweep(now);
  return entries_[address.limit_key()];
}

AddressTable::Verdict AddressTable::admit(const base::IpAddress& address, base::MonoTime now,
                                          AddressLease& lease) {
  if (is_exempt(address)) {
    lease.release();
    return Verdict::kAdmitted;
  }
  AddressLease::Entry& counted = entry(address, now);
  if (counted.connections >= limits_.connections || counted.without_request >= limits_.without_request) {
    return Verdict::kTooMany;
  }
  if (!counted.new_connections.try_take(limits_.new_connections, now)) return Verdict::kTooFast;
  ++counted.connections;
  ++counted.without_request;
  lease.release();
  lease.entry_ = &counted;
  lease.without_request_ = true;
  return Verdict::kAdmitted;
}

bool AddressTable::note_bad_token(const base::IpAddress& address, base::MonoTime now) {
  return is_exempt(address) || entry(address, now).bad_tokens.try_take(limits_.bad_tokens, now);
}

// Forgets addresses that say nothing any more. The table doubles before it is swept again, so a sweep's cost
// is shared by as many insertions; it is bounded by the connections that there can be and a minute of refused
// ones.
void AddressTable::sweep(base::MonoTime now) {
  std::erase_if(entries_, [&](const auto& item) {
    const auto& e = item.second;
    return e.connections == 0 && e.new_connections.is_full(now) && e.bad_tokens.is_full(now);
  });
  sweep_at_size_ = std::max<std::size_t>(1024, 2 * entries_.size());
}

}  // namespace zvonok::net
