// How many connections one address may have, how fast it may open them, and how many bad tokens it may try.
// Addresses that are exempt (the machine itself, trusted proxies) have no entry and no limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"

namespace zvonok::net {

struct AddressLimits {
  std::size_t connections, without_request;
  base::Rate new_connections, bad_tokens;
  std::vector<base::IpRange> exempt;
};

class AddressTable;

/// One connection's place in its address's count. Gives it back when it goes.
class AddressLease {
 public:
  AddressLease() = default;
  AddressLease(AddressLease&& other) noexcept;
  AddressLease& operator=(AddressLease&& other) noexcept;
  ~AddressLease() { release(); }

  void release();
  /// A whole request has come over it: it is neither slow nor silent.
  void request_arrived();

 private:
  friend class AddressTable;
  struct Entry {
    std::uint32_t connections = 0, without_request = 0;
    base::TokenBucket new_connections, bad_tokens;
  };
  Entry* entry_ = nullptr;  // null: not counted
  bool without_request_ = false;
};

/// One loop's thread. Outlives its leases.
class AddressTable {
 public:
  explicit AddressTable(AddressLimits limits) : limits_(std::move(limits)) {}

  enum class Verdict : std::uint8_t { kAdmitted, kTooMany, kTooFast };
  /// Counts a new connection into `lease`, or says why it must not be.
  Verdict admit(const base::IpAddress& address, base::MonoTime now, AddressLease& lease);

  /// Counts a refused token. False: this address has tried too many.
  bool note_bad_token(const base::IpAddress& address, base::MonoTime now);

  bool is_exempt(const base::IpAddress& address) const;
  std::size_t size() const { return entries_.size(); }

 private:
  AddressLease::Entry& entry(const base::IpAddress& address, base::MonoTime now);
  void sweep(base::MonoTime now);

  // Given to us.
  const AddressLimits limits_;
  // State. Entries do not move: leases point at them.
  std::unordered_map<base::IpAddress, AddressLease::Entry> entries_;
  std::size_t sweep_at_size_ = 1024;
};

}  // namespace zvonok::net
