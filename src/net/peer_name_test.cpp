#include "net/peer_name.hpp"

#include <gtest/gtest.h>

#include <set>

namespace zvonok::net {
namespace {

base::IpAddress ip(std::string_view text) {
  return base::IpAddress::parse(text).value();
}

TEST(PeerNames, PutsLinesOfOneClientTogether) {
  const PeerNames names(LogAddresses::kHashed);
  EXPECT_EQ(names.name(ip("192.0.2.1")), names.name(ip("::ffff:192.0.2.1")));
  EXPECT_NE(names.name(ip("192.0.2.1")), names.name(ip("192.0.2.2")));
}

TEST(PeerNames, TellsNobodyWhoItWas) {
  const auto name = PeerNames(LogAddresses::kHashed).name(ip("192.0.2.1"));
  EXPECT_EQ(name.size(), 8u);
  EXPECT_EQ(name.find_first_not_of("0123456789abcdef"), name.npos);
}

// Else a table of all IPv4 addresses would undo it.
TEST(PeerNames, HasANewKeyAtEachStart) {
  std::set<std::string> names;
  for (int i = 0; i < 8; ++i) names.insert(PeerNames(LogAddresses::kHashed).name(ip("192.0.2.1")));
  EXPECT_GT(names.size(), 4u);
}

TEST(PeerNames, ShowsTheAddressToAnOperatorWhoWantsIt) {
  const PeerNames names(LogAddresses::kPlain);
  EXPECT_EQ(names.name(ip("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(names.name(ip("2001:db8::1")), "2001:db8::1");
}

}  // namespace
}  // namespace zvonok::net
