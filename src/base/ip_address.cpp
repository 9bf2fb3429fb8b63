#include "base/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace zvonok::base {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// The longest text that inet_pton takes, and its end: a longer one is no address.
constexpr std::size_t kTextMax = 45;

bool all_digits(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Cuts brackets and a port: "[v6]:1" -> "v6", "v4:1" -> "v4". A bare v6 address has more than one colon and
// stays whole.
std::optional<std::string_view> without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && (rest[0] != ':' || !all_digits(rest.substr(1)))) return std::nullopt;
    return text.substr(1, close - 1);
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    if (!all_digits(text.substr(colon + 1))) return std::nullopt;
    return text.substr(0, colon);
  }
  return text;
}

}  // namespace

IpAddress IpAddress::from_v4(const std::array<std::uint8_t, 4>& octets) {
  IpAddress address;
  std::ranges::copy(kMappedPrefix, address.octets_.begin());
  std::ranges::copy(octets, address.octets_.begin() + kMappedPrefix.size());
  return address;
}

IpAddress IpAddress::from_v6(const std::array<std::uint8_t, 16>& octets) {
  IpAddress address;
  address.octets_ = octets;
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const auto bare = without_port(text);
  if (!bare || bare->empty() || bare->size() > kTextMax) return std::nullopt;
  if (bare->find('\0') != std::string_view::npos) return std::nullopt;  // inet_pton would stop reading there
  std::array<char, kTextMax + 1> terminated{};
  std::ranges::copy(*bare, terminated.begin());
  if (std::array<std::uint8_t, 4> v4{}; inet_pton(AF_INET, terminated.data(), v4.data()) == 1)
    return from_v4(v4);
  if (std::array<std::uint8_t, 16> v6{}; inet_pton(AF_INET6, terminated.data(), v6.data()) == 1)
    return from_v6(v6);
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), octets_.begin());
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return octets_[12] == 127;
  return std::all_of(octets_.begin(), octets_.end() - 1, [](auto o) { return o == 0; }) && octets_[15] == 1;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4();
  inet_ntop(v4 ? AF_INET : AF_INET6, octets_.data() + (v4 ? kMappedPrefix.size() : 0), text.data(),
            text.size());
  return text.data();
}

IpAddress IpAddress::limit_key() const {
  if (is_v4()) return *this;
  IpAddress network = *this;
  std::fill(network.octets_.begin() + 8, network.octets_.end(), std::uint8_t{0});
  return network;
}

std::optional<IpRange> IpRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address_text = text.substr(0, slash);
  // With a port the prefix would count in 128 bits: "10.0.0.0:80/8" would hold everybody.
  if (without_port(address_text) != address_text) return std::nullopt;
  const auto address = IpAddress::parse(address_text);
  if (!address) return std::nullopt;
  const unsigned mapped_bits = address->is_v4() && address_text.find(':') == std::string_view::npos ? 96 : 0;
  unsigned bits = 128 - mapped_bits;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    unsigned parsed = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty() || parsed > bits)
      return std::nullopt;
    bits = parsed;
  }
  IpRange range;
  range.network_ = *address;
  range.prefix_bits_ = bits + mapped_bits;
  return range;
}

bool IpRange::contains(const IpAddress& address) const {
  const unsigned whole = prefix_bits_ / 8;
  const unsigned rest = prefix_bits_ % 8;
  const auto& mine = network_.octets();
  const auto& theirs = address.octets();
  if (!std::equal(mine.begin(), mine.begin() + whole, theirs.begin())) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (mine[whole] & mask) == (theirs[whole] & mask);
}

// The network's address with every host bit set to `bit`.
IpAddress IpRange::with_host_bits(bool bit) const {
  auto octets = network_.octets();
  for (unsigned i = 0; i < octets.size(); ++i) {
    const unsigned fixed = std::clamp(prefix_bits_, i * 8, i * 8 + 8) - i * 8;
    const auto host_mask = static_cast<std::uint8_t>(0xff >> fixed);
    octets[i] = static_cast<std::uint8_t>(bit ? octets[i] | host_mask : octets[i] & ~host_mask);
  }
  return IpAddress::from_v6(octets);
}

IpAddress IpRange::first() const {
  return with_host_bits(false);
}

IpAddress IpRange::last() const {
  return with_host_bits(true);
}

}  // namespace zvonok::base
