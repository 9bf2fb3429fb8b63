#include "turn/host_lookup.hpp"

#include <gmock/gmock.h>
#include <pthread.h>

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

// Method: threads are to have stacks that no address space has room for, so that none can be made.
TEST(HostLookup, AsksLaterWhenTheSystemGivesNoThread) {
  pthread_attr_t usual, giant;
  ASSERT_EQ(pthread_getattr_default_np(&usual), 0);
  ASSERT_EQ(pthread_getattr_default_np(&giant), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&giant, std::size_t{1} << 60), 0);
  HostLookup lookup("localhost");
  ASSERT_EQ(pthread_setattr_default_np(&giant), 0);
  lookup.begin();
  ASSERT_EQ(pthread_setattr_default_np(&usual), 0);
  EXPECT_FALSE(lookup.under_way());
  lookup.wait(kPatience);
  EXPECT_THAT(lookup.addresses(), IsEmpty());
  lookup.begin();
  lookup.wait(kPatience);
  EXPECT_THAT(lookup.addresses(), Contains(base::IpAddress::parse("127.0.0.1").value()));
  pthread_attr_destroy(&usual);
  pthread_attr_destroy(&giant);
}

TEST(HostLookup, MayGoWhileItAsks) {
  HostLookup lookup("localhost");
  lookup.begin();
}

}  // namespace
}  // namespace zvonok::turn
