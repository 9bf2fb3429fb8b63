// The one source of chance in the simulation: the same seed throws the same numbers with every compiler,
// which the distributions of <random> do not promise.
#pragma once

#include <cstdint>

namespace zvonok::sim {

/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, and neighbouring seeds give unrelated numbers.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  /// 0 … `sides` - 1.
  std::uint32_t below(std::uint32_t sides) { return static_cast<std::uint32_t>(next() % sides); }
  bool percent(std::uint32_t chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
};

}  // namespace zvonok::sim
