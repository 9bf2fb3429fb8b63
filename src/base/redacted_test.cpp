#include "base/redacted.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <string>
#include <type_traits>

namespace zvonok::base {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(Printable<std::string> && !Printable<Redacted<std::string>>);
static_assert(!std::is_convertible_v<Redacted<std::string>, std::string>);
static_assert(!std::is_convertible_v<std::string, Redacted<std::string>>, "made on purpose only");
static_assert(!std::equality_comparable<Redacted<std::string>>);

TEST(Redacted, ShowsItsValueToWhoAsksByName) {
  EXPECT_EQ(Redacted<std::string>("secret").reveal(), "secret");
}

}  // namespace
}  // namespace zvonok::base
