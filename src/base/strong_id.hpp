// Ids that cannot be taken for one another: a device is not a call, although both are numbers.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace zvonok::base {

/// A number with a meaning. `Tag` is any type, only named. 0 is "none" and is what a default-made id holds.
template <class Tag, class Rep = std::uint64_t>
struct StrongId {
  Rep value = 0;

  constexpr explicit operator bool() const noexcept { return value != 0; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

}  // namespace zvonok::base

template <class Tag, class Rep>
struct std::hash<zvonok::base::StrongId<Tag, Rep>> {
  std::size_t operator()(zvonok::base::StrongId<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
