// What stands for a client's address in the log: a keyed hash, so that lines of one client can be put
// together while nobody learns who it was; or the address itself, if the operator wants that (log.addresses).
#pragma once

#include <array>
#include <string>

#include "base/ip_address.hpp"

namespace zvonok::net {

enum class LogAddresses : bool { kHashed, kPlain };

class PeerNames {
 public:
  /// A new key at each start: hashes of two runs cannot be compared.
  explicit PeerNames(LogAddresses addresses);

  std::string name(const base::IpAddress& address) const;

 private:
  const LogAddresses addresses_;
  std::array<unsigned char, 16> key_{};
};

}  // namespace zvonok::net
