#include "accounts/revoked_sessions.hpp"

#include <algorithm>

namespace zvonok::accounts {

void RevokedSessions::add(const std::string& session, base::WallTime until, base::WallTime now) {
  if (until_.size() >= forget_at_) {
    std::erase_if(until_, [now](const auto& entry) { return entry.second <= now; });
    forget_at_ = std::max<std::size_t>(1'024, 2 * until_.size());
  }
  until_[session] = until;
}

bool RevokedSessions::holds(std::string_view session) const {
  return !session.empty() && until_.contains(std::string(session));
}

}  // namespace zvonok::accounts
