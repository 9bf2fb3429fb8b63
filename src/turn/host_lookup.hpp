// What a host name means, asked again and again while nobody waits: a resolver that is ill takes half a
// minute.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/ip_address.hpp"
#include "base/time.hpp"

namespace zvonok::turn {

/// One thread, but for the one that it asks on.
class HostLookup {
 public:
  explicit HostLookup(std::string host) : host_(std::move(host)) {}

  /// Asks, unless that is under way or the system gives no thread for it. An address needs no asking.
  void begin();
  bool under_way() const;
  /// Waits until the answer is there, or so long; then it may still come.
  void wait(base::Duration at_most) const;

  /// The last answer that held an address: a name that is not found now has not lost its address. Empty: none
  /// yet.
  const std::vector<base::IpAddress>& addresses();

 private:
  struct Question;

  const std::string host_;
  std::shared_ptr<Question> question_;  // shared with the thread, which may outlive us
  std::vector<base::IpAddress> addresses_;
};

}  // namespace zvonok::turn
