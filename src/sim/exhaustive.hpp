// All orders of a few actions in a small world: two users with two devices each. What chance would find late,
// this finds surely, as far as it looks.
#pragma once

#include <cstddef>
#include <string>

namespace zvonok::sim {

struct SearchResult {
  std::size_t runs = 0, states = 0;
  std::string wrong, trace;  // empty: nothing was found
};

/// Every sequence of `depth` actions after all four are connected, but for those that lead into a state seen
/// before. States are told apart by the oracle's view: as long as both agree, which each step checks, equal
/// views have equal futures.
SearchResult search(std::size_t depth);

}  // namespace zvonok::sim
