#include "accounts/registration.hpp"

#include "accounts/email.hpp"

namespace zvonok::accounts {

InviteVerdict judge_invite(const std::optional<ports::Invite>& invite, base::WallTime now) {
  if (!invite) return InviteVerdict::kUnknown;
  if (invite->used_at) return InviteVerdict::kUsed;
  return now < invite->expires_at ? InviteVerdict::kGood : InviteVerdict::kExpired;
}

bool is_open_to(const RegistrationPolicy& policy, const Address& address) {
  if (policy.registration == Registration::kOpen) return true;
  return policy.registration == Registration::kDomains && is_in_domains(address, policy.domains);
}

}  // namespace zvonok::accounts
