#include "base/slab.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "base/strong_id.hpp"

namespace zvonok::base {
namespace {

using ThingId = StrongId<struct ThingTag>;
using Things = Slab<std::string, ThingId>;

TEST(Slab, FindsWhatWasInserted) {
  Things things;
  const ThingId a = things.insert("a");
  const ThingId b = things.insert("b");
  EXPECT_EQ(things.at(a), "a");
  EXPECT_EQ(*things.find(b), "b");
  EXPECT_EQ(things.size(), 2U);
}

TEST(Slab, NoIdIsTheIdOfNothing) {
  Things things;
  EXPECT_TRUE(things.insert("a"));
  EXPECT_EQ(things.find(ThingId{}), nullptr);
}

TEST(Slab, FindsNothingByTheIdOfWhatIsGone) {
  Things things;
  const ThingId a = things.insert("a");
  things.erase(a);
  EXPECT_EQ(things.find(a), nullptr);
  EXPECT_EQ(things.size(), 0U);
}

TEST(Slab, TheNextTenantOfAPlaceIsNotFoundByTheOldId) {
  Things things;
  const ThingId old = things.insert("old");
  things.erase(old);
  const ThingId young = things.insert("young");
  EXPECT_EQ(Things::index_of(old), Things::index_of(young));
  EXPECT_EQ(things.find(old), nullptr);
  EXPECT_EQ(things.at(young), "young");
}

TEST(Slab, NeverGivesAnIdTwice) {
  Things things;
  std::set<ThingId> seen;
  for (int i = 0; i < 1'000; ++i) {
    const ThingId id = things.insert("x");
    EXPECT_TRUE(seen.insert(id).second);
    if (i % 3 != 0) things.erase(id);
  }
}

TEST(Slab, AnIdFromNowhereFindsNothing) {
  Things things;
  things.insert("a");
  EXPECT_EQ(things.find(ThingId{7}), nullptr);
  EXPECT_EQ(things.find(ThingId{UINT64_MAX}), nullptr);
}

TEST(Slab, PlacesAreReusedSoTheyStayDense) {
  Things things;
  for (int i = 0; i < 100; ++i) {
    const ThingId id = things.insert("x");
    EXPECT_EQ(Things::index_of(id), 0U);
    things.erase(id);
  }
}

TEST(Slab, ErasingReleasesTheValueAtOnce) {
  Slab<std::shared_ptr<int>, ThingId> things;
  const auto value = std::make_shared<int>(1);
  const ThingId id = things.insert(value);
  EXPECT_EQ(value.use_count(), 2);
  things.erase(id);
  EXPECT_EQ(value.use_count(), 1);
}

TEST(Slab, WalksOverTheLivingOnly) {
  Things things;
  const ThingId a = things.insert("a");
  const ThingId b = things.insert("b");
  const ThingId c = things.insert("c");
  things.erase(b);
  std::set<ThingId> walked;
  things.for_each([&](ThingId id, std::string&) { walked.insert(id); });
  EXPECT_EQ(walked, (std::set<ThingId>{a, c}));
}

TEST(SlabDeathTest, TheDeadMustNotBeErasedAgain) {
  Things things;
  const ThingId a = things.insert("a");
  things.erase(a);
  EXPECT_DEATH(things.erase(a), "assertion failed");
  EXPECT_DEATH((void)things.at(a), "assertion failed");
}

}  // namespace
}  // namespace zvonok::base
