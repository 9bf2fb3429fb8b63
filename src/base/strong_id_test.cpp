#include "base/strong_id.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace zvonok::base {
namespace {

using CatId = StrongId<struct CatTag>;
using DogId = StrongId<struct DogTag>;

static_assert(!std::is_convertible_v<CatId, DogId> && !std::is_convertible_v<CatId, std::uint64_t>,
              "a cat is no dog and no number");

TEST(StrongId, ZeroIsNone) {
  EXPECT_FALSE(CatId{});
  EXPECT_TRUE(CatId{1});
}

TEST(StrongId, ComparesAndHashesByItsNumber) {
  EXPECT_EQ(CatId{3}, CatId{3});
  EXPECT_LT(CatId{3}, CatId{4});
  const std::unordered_set<CatId> cats{CatId{1}, CatId{2}, CatId{1}};
  EXPECT_EQ(cats.size(), 2U);
}

}  // namespace
}  // namespace zvonok::base
