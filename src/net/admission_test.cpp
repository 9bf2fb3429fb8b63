#include "net/admission.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace zvonok::net {
namespace {

using Verdict = AddressTable::Verdict;
using base::Duration;

constexpr base::MonoTime kNow{base::seconds(1'000)};

base::IpAddress ip(std::string_view text) {
  return base::IpAddress::parse(text).value();
}

// Three connections, two without a token; five new ones at once, then one a second; four bad tokens a minute.
AddressLimits limits() {
  return {.connections = 3,
          .without_request = 2,
          .new_connections = base::Rate::per(1, base::seconds(1), 5),
          .bad_tokens = base::Rate::per(4, base::minutes(1), 4),
          .exempt = {*base::IpRange::parse("127.0.0.0/8"), *base::IpRange::parse("::1")}};
}

class AddressTableTest : public ::testing::Test {
 protected:
  Verdict admit(AddressLease& lease, std::string_view from = "192.0.2.1", base::MonoTime now = kNow) {
    return table.admit(ip(from), now, lease);
  }
  AddressTable table{limits()};
};

TEST_F(AddressTableTest, RefusesOneConnectionTooManyThatHasShownNoToken) {
  AddressLease a, b, c;
  EXPECT_EQ(admit(a), Verdict::kAdmitted);
  EXPECT_EQ(admit(b), Verdict::kAdmitted);
  EXPECT_EQ(admit(c), Verdict::kTooMany);
  a.request_arrived();
  EXPECT_EQ(admit(c), Verdict::kAdmitted);
}

TEST_F(AddressTableTest, RefusesOneConnectionTooMany) {
  AddressLease held[3], more;
  for (auto& lease : held) {
    ASSERT_EQ(admit(lease), Verdict::kAdmitted);
    lease.request_arrived();
  }
  EXPECT_EQ(admit(more), Verdict::kTooMany);
  held[1].release();
  EXPECT_EQ(admit(more), Verdict::kAdmitted);
}

TEST_F(AddressTableTest, RefusesConnectionsThatComeTooFastAndNotForEver) {
  for (int i = 0; i < 5; ++i) {
    AddressLease gone_at_once;
    ASSERT_EQ(admit(gone_at_once), Verdict::kAdmitted) << i;
  }
  AddressLease lease;
  EXPECT_EQ(admit(lease), Verdict::kTooFast);
  EXPECT_EQ(admit(lease, "192.0.2.1", kNow + Duration{999}), Verdict::kTooFast);
  EXPECT_EQ(admit(lease, "192.0.2.1", kNow + Duration{1'000}), Verdict::kAdmitted);
}

TEST_F(AddressTableTest, ARefusedConnectionTakesNoPlaceAndNoToken) {
  AddressLease a, b, refused;
  admit(a);
  admit(b);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(admit(refused), Verdict::kTooMany);
  a.release();
  EXPECT_EQ(admit(a), Verdict::kAdmitted);
}

TEST_F(AddressTableTest, CountsAddressesApart) {
  AddressLease a, b, c, other;
  admit(a);
  admit(b);
  EXPECT_EQ(admit(c), Verdict::kTooMany);
  EXPECT_EQ(admit(other, "192.0.2.2"), Verdict::kAdmitted);
}

TEST_F(AddressTableTest, CountsANetworkOf64BitsAsOneAddress) {
  AddressLease a, b, c, other;
  EXPECT_EQ(admit(a, "2001:db8:0:1::1"), Verdict::kAdmitted);
  EXPECT_EQ(admit(b, "2001:db8:0:1:ffff::2"), Verdict::kAdmitted);
  EXPECT_EQ(admit(c, "2001:db8:0:1::3"), Verdict::kTooMany);
  EXPECT_EQ(admit(other, "2001:db8:0:2::1"), Verdict::kAdmitted);
  EXPECT_EQ(table.size(), 2u);
}

TEST_F(AddressTableTest, CountsAMappedAddressAsTheIPv4AddressThatItIs) {
  AddressLease a, b, c;
  admit(a, "192.0.2.1");
  admit(b, "::ffff:192.0.2.1");
  EXPECT_EQ(admit(c, "192.0.2.1"), Verdict::kTooMany);
}

TEST_F(AddressTableTest, KeepsNothingOfExemptAddresses) {
  AddressLease leases[50];
  for (auto& lease : leases) EXPECT_EQ(admit(lease, "127.0.0.1"), Verdict::kAdmitted);
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(table.note_bad_token(ip("::1"), kNow));
  EXPECT_EQ(table.size(), 0u);
  EXPECT_TRUE(table.is_exempt(ip("127.200.3.4")));
  EXPECT_FALSE(table.is_exempt(ip("128.0.0.1")));
}

TEST_F(AddressTableTest, ALeaseThatIsMovedIsGivenBackOnce) {
  AddressLease a, b, c;
  admit(a);
  AddressLease moved(std::move(a));
  admit(b);
  EXPECT_EQ(admit(c), Verdict::kTooMany);
  a.release();  // NOLINT(bugprone-use-after-move): what was moved away holds nothing
  a.request_arrived();
  EXPECT_EQ(admit(c), Verdict::kTooMany);
  moved = std::move(b);  // and what is moved over is given back
  EXPECT_EQ(admit(c), Verdict::kAdmitted);
  moved.release();
  moved.release();
  AddressLease d;
  EXPECT_EQ(admit(d), Verdict::kAdmitted);
}

TEST_F(AddressTableTest, ALeaseThatIsMovedKeepsThatItHasShownAToken) {
  AddressLease a, b, c;
  admit(a);
  a.request_arrived();
  a.request_arrived();
  AddressLease moved(std::move(a));
  moved.request_arrived();
  admit(b);
  EXPECT_EQ(admit(c), Verdict::kAdmitted);
}

// Behind a proxy the forwarded address is learned later and takes the place of the first one.
TEST_F(AddressTableTest, AnAddressLearnedLaterTakesThePlaceOfTheFirst) {
  AddressLease lease, other, more;
  admit(lease, "192.0.2.1");
  EXPECT_EQ(admit(lease, "198.51.100.7"), Verdict::kAdmitted);
  EXPECT_EQ(admit(other), Verdict::kAdmitted);
  EXPECT_EQ(admit(more), Verdict::kAdmitted);
  lease.release();
  other.release();
  more.release();
}

TEST_F(AddressTableTest, ALeaseTurnedExemptGivesItsPlaceBack) {
  AddressLease a, b, c;
  admit(a);
  admit(b);
  admit(b, "127.0.0.1");
  EXPECT_EQ(admit(c), Verdict::kAdmitted);
}

TEST_F(AddressTableTest, ARefusedLeaseKeepsWhatItHad) {
  AddressLease a, b, c, d;
  admit(a, "192.0.2.1");
  admit(b, "198.51.100.7");
  admit(c, "198.51.100.7");
  EXPECT_EQ(admit(a, "198.51.100.7"), Verdict::kTooMany);
  admit(d, "192.0.2.1");
  AddressLease e;
  EXPECT_EQ(admit(e, "192.0.2.1"), Verdict::kTooMany);
}

TEST_F(AddressTableTest, CountsBadTokensAMinuteForEachAddress) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(table.note_bad_token(ip("192.0.2.1"), kNow));
  EXPECT_FALSE(table.note_bad_token(ip("192.0.2.1"), kNow));
  EXPECT_TRUE(table.note_bad_token(ip("192.0.2.2"), kNow));
  EXPECT_TRUE(table.note_bad_token(ip("192.0.2.1"), kNow + base::seconds(15)));
  EXPECT_FALSE(table.note_bad_token(ip("192.0.2.1"), kNow + base::seconds(15)));
}

TEST_F(AddressTableTest, BadTokensKeepNobodyOut) {
  for (int i = 0; i < 10; ++i) (void)table.note_bad_token(ip("192.0.2.1"), kNow);  // only the count matters
  AddressLease lease;
  EXPECT_EQ(admit(lease), Verdict::kAdmitted);
}

// Goal: a scan from a million addresses does not fill the memory, and no entry in use is ever forgotten.
TEST_F(AddressTableTest, ForgetsAddressesThatSayNothingAnyMore) {
  AddressLease held, b, c;
  admit(held);
  admit(b);
  std::size_t largest = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto from =
        base::IpAddress::from_v4({10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                                  static_cast<std::uint8_t>(i)});
    AddressLease gone_at_once;
    ASSERT_EQ(table.admit(from, kNow + Duration{i * 10}, gone_at_once), Verdict::kAdmitted);
    largest = std::max(largest, table.size());
  }
  EXPECT_LE(largest, 1'024u + 1);
  EXPECT_EQ(admit(c, "192.0.2.1", kNow + base::hours(1)), Verdict::kTooMany);
}

TEST_F(AddressTableTest, RemembersBadTokensAsLongAsTheyCount) {
  for (int i = 0; i < 4; ++i) (void)table.note_bad_token(ip("192.0.2.1"), kNow);  // only the count matters
  for (std::uint8_t i = 0; i < 255; ++i) {
    for (std::uint8_t j = 0; j < 10; ++j) {
      AddressLease gone_at_once;
      (void)table.admit(base::IpAddress::from_v4({10, 0, j, i}), kNow, gone_at_once);  // to fill the table
    }
  }
  EXPECT_FALSE(table.note_bad_token(ip("192.0.2.1"), kNow));
}

}  // namespace
}  // namespace zvonok::net
