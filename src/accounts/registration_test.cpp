#include "accounts/registration.hpp"

#include <gtest/gtest.h>

namespace zvonok::accounts {
namespace {

constexpr base::WallTime kNow{base::seconds(1'700'000'000)};

Address email(const std::string& text) {
  return {ports::AddressKind::kEmail, text};
}
const Address kPhone{ports::AddressKind::kPhone, "+79990000001"};

ports::Invite invite() {
  return {.token_hash = "00", .expires_at = kNow + kInviteLife, .used_at = std::nullopt, .used_by = {}};
}

TEST(Invite, IsUnknownUsedOrExpiredAndOtherwiseGood) {
  EXPECT_EQ(judge_invite(std::nullopt, kNow), InviteVerdict::kUnknown);
  EXPECT_EQ(judge_invite(invite(), kNow), InviteVerdict::kGood);
  auto used = invite();
  used.used_at = kNow;
  EXPECT_EQ(judge_invite(used, kNow), InviteVerdict::kUsed);
}

TEST(Invite, LivesForSevenDays) {
  EXPECT_EQ(kInviteLife, base::hours(7 * 24));
  EXPECT_EQ(judge_invite(invite(), kNow + kInviteLife - base::Duration(1)), InviteVerdict::kGood);
  EXPECT_EQ(judge_invite(invite(), kNow + kInviteLife), InviteVerdict::kExpired);
}

TEST(Invite, ThatWasUsedIsSaidToBeUsedForEver) {
  auto used = invite();
  used.used_at = kNow;
  EXPECT_EQ(judge_invite(used, kNow + 10 * kInviteLife), InviteVerdict::kUsed);
}

TEST(Registration, ByInvitationIsOpenToNobody) {
  const RegistrationPolicy policy{Registration::kInvite, {"example.org"}};
  EXPECT_FALSE(is_open_to(policy, email("a@example.org")));
  EXPECT_FALSE(is_open_to(policy, kPhone));
}

TEST(Registration, ByDomainsIsOpenToMailThereAlone) {
  const RegistrationPolicy policy{Registration::kDomains, {"example.org", "example.com"}};
  EXPECT_FALSE(is_open_to(policy, kPhone));
  EXPECT_FALSE(is_open_to(policy, email("a@sub.example.org")));
  EXPECT_FALSE(is_open_to(policy, email("a@example.net")));
  EXPECT_TRUE(is_open_to(policy, email("a@example.org")));
  EXPECT_TRUE(is_open_to(policy, email("a@example.com")));
  EXPECT_FALSE(is_open_to({Registration::kDomains, {}}, email("a@example.org")));
}

TEST(Registration, ThatIsOpenIsOpenToAll) {
  EXPECT_TRUE(is_open_to({Registration::kOpen, {}}, kPhone));
  EXPECT_TRUE(is_open_to({Registration::kOpen, {}}, email("a@example.net")));
}

}  // namespace
}  // namespace zvonok::accounts
