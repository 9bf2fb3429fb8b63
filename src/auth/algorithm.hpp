// The JWS algorithms that we know (RFC 7518 section 3.1) and the kind of key that each needs.
//
// There is no `none` and no EdDSA here, so neither can be configured: what cannot be named cannot be allowed
// by mistake.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zvonok::auth {

enum class Algorithm : std::uint8_t {
  kHs256,
  kHs384,
  kHs512,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kEs256,
  kEs384,
  kEs512,
};

enum class KeyKind : std::uint8_t { kSecret, kRsa, kP256, kP384, kP521 };

struct AlgorithmTraits {
  Algorithm algorithm;
  std::string_view name;
  KeyKind key_kind;
  std::size_t signature_bytes;  // 0: as many as the RSA modulus has
};

/// In the order of the enumerators.
inline constexpr std::array<AlgorithmTraits, 12> kAlgorithms{{
    {Algorithm::kHs256, "HS256", KeyKind::kSecret, 32},
    {Algorithm::kHs384, "HS384", KeyKind::kSecret, 48},
    {Algorithm::kHs512, "HS512", KeyKind::kSecret, 64},
    {Algorithm::kRs256, "RS256", KeyKind::kRsa, 0},
    {Algorithm::kRs384, "RS384", KeyKind::kRsa, 0},
    {Algorithm::kRs512, "RS512", KeyKind::kRsa, 0},
    {Algorithm::kPs256, "PS256", KeyKind::kRsa, 0},
    {Algorithm::kPs384, "PS384", KeyKind::kRsa, 0},
    {Algorithm::kPs512, "PS512", KeyKind::kRsa, 0},
    // Unlike most users of elliptic curves, JOSE ties each algorithm to one curve (RFC 7518 section 3.4).
    {Algorithm::kEs256, "ES256", KeyKind::kP256, 64},
    {Algorithm::kEs384, "ES384", KeyKind::kP384, 96},
    {Algorithm::kEs512, "ES512", KeyKind::kP521, 132},
}};

constexpr const AlgorithmTraits& traits(Algorithm algorithm) {
  return kAlgorithms[static_cast<std::size_t>(algorithm)];
}

static_assert([] {
  for (std::size_t i = 0; i < kAlgorithms.size(); ++i) {
    if (kAlgorithms[i].algorithm != static_cast<Algorithm>(i)) return false;
  }
  return kAlgorithms.back().algorithm == Algorithm::kEs512;
}());

/// Exact names only: `hs256` is not HS256 (RFC 7515 section 4.1.1: `alg` is case-sensitive).
constexpr std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const AlgorithmTraits& known : kAlgorithms) {
    if (known.name == name) return known.algorithm;
  }
  return std::nullopt;
}

}  // namespace zvonok::auth
