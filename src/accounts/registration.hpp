// Who may become a user: everybody, those of some mail domains, or those who were invited.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accounts/address.hpp"
#include "base/time.hpp"
#include "ports/account_rows.hpp"

namespace zvonok::accounts {

enum class Registration : std::uint8_t { kInvite, kDomains, kOpen };

struct RegistrationPolicy {
  Registration registration = Registration::kInvite;
  std::vector<std::string> domains;  // in lower case; for kDomains
};

// A link is opened the day it comes, or after the holiday.
inline constexpr base::Duration kInviteLife = base::hours(24 * 7);

enum class InviteVerdict : std::uint8_t { kGood, kUnknown, kUsed, kExpired };
InviteVerdict judge_invite(const std::optional<ports::Invite>& invite, base::WallTime now);

/// Whether somebody who has this address needs no invitation.
bool is_open_to(const RegistrationPolicy& policy, const Address& address);

}  // namespace zvonok::accounts
