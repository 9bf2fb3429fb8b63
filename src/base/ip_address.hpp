// An IPv4 or IPv6 address and a range of them: what limits count by, and what lists of proxies are made of.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zvonok::base {

/// An address without port. IPv4 is held in its mapped form `::ffff:a.b.c.d`, so a v4 peer of a dual-stack
/// socket and the same peer of a v4 socket are equal.
class IpAddress {
 public:
  /// The unspecified address `::`.
  constexpr IpAddress() = default;
  static IpAddress from_v4(const std::array<std::uint8_t, 4>& octets);
  static IpAddress from_v6(const std::array<std::uint8_t, 16>& octets);

  /// Reads `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`, each also with `:port` behind it (v6 then in
  /// brackets), as proxies write into X-Forwarded-For. Zone ids (`%eth0`) are refused. Anything else:
  /// nullopt.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const;
  bool is_loopback() const;
  const std::array<std::uint8_t, 16>& octets() const { return octets_; }
  std::string to_string() const;

  /// What limits count by: the address itself for IPv4, its /64 for IPv6 (one household has a whole /64).
  IpAddress limit_key() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> octets_{};
};

/// A CIDR range: `10.0.0.0/8`, `::1`, `fd00::/8`. Host bits may be set; they are ignored.
class IpRange {
 public:
  static std::optional<IpRange> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
  IpAddress first() const;
  IpAddress last() const;

 private:
  IpAddress with_host_bits(bool bit) const;

  IpAddress network_;
  unsigned prefix_bits_ = 128;  // in the 128-bit (mapped) form
};

}  // namespace zvonok::base

template <>
struct std::hash<zvonok::base::IpAddress> {
  std::size_t operator()(const zvonok::base::IpAddress& address) const noexcept {
    const auto& o = address.octets();
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(o.data()), o.size()});
  }
};
