// Sessions that were ended while access tokens of theirs still live.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.hpp"

namespace zvonok::accounts {

class RevokedSessions {
 public:
  /// From now on the session's tokens are refused; the last of them ends at `until`.
  void add(const std::string& session, base::WallTime until, base::WallTime now);
  bool holds(std::string_view session) const;
  /// Sessions that are remembered: those that ended within the life of an access token, give or take.
  std::size_t remembered() const { return until_.size(); }

 private:
  std::unordered_map<std::string, base::WallTime> until_;
  std::size_t forget_at_ = 1'024;  // entries; then those that are over go
};

}  // namespace zvonok::accounts
