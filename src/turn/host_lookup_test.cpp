#include "turn/host_lookup.hpp"

#include <gmock/gmock.h>

namespace zvonok::turn {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr base::Duration kPatience = base::seconds(60);

TEST(HostLookup, KnowsAnAddressWithoutAsking) {
  HostLookup lookup("2001:db8::7");
  EXPECT_THAT(lookup.addresses(), IsEmpty());
  lookup.begin();
  EXPECT_FALSE(lookup.under_way());
  EXPECT_THAT(lookup.addresses(), ElementsAre(base::IpAddress::parse("2001:db8::7").value()));
}

TEST(HostLookup, AsksForANameOnAThreadOfItsOwn) {
  HostLookup lookup("localhost");
  lookup.begin();
  lookup.begin();
  lookup.wait(kPatience);
  EXPECT_FALSE(lookup.under_way());
  EXPECT_THAT(lookup.addresses(), Contains(base::IpAddress::parse("127.0.0.1").value()));
  lookup.begin();
  lookup.wait(kPatience);
  EXPECT_THAT(lookup.addresses(), Contains(base::IpAddress::parse("127.0.0.1").value()));
}

TEST(HostLookup, HasNothingOfANameThatNobodyKnows) {
  HostLookup lookup("nobody.invalid");  // RFC 6761 section 6.4
  lookup.begin();
  lookup.wait(kPatience);
  EXPECT_THAT(lookup.addresses(), IsEmpty());
}

TEST(HostLookup, MayGoWhileItAsks) {
  HostLookup lookup("localhost");
  lookup.begin();
}

}  // namespace
}  // namespace zvonok::turn
