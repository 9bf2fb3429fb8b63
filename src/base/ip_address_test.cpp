#include "base/ip_address.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <unordered_set>

namespace zvonok::base {
namespace {

using namespace std::string_view_literals;

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(IpAddress{});
}

IpRange range(std::string_view text) {
  const auto parsed = IpRange::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(IpRange{});
}

TEST(IpAddress, ReadsWhatItWrites) {
  for (const auto text : {"192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1"}) {
    EXPECT_EQ(address(text).to_string(), text);
  }
}

TEST(IpAddress, ReadsTheFormsThatProxiesWrite) {
  EXPECT_EQ(address("192.0.2.1:443"), address("192.0.2.1"));
  EXPECT_EQ(address("[2001:db8::1]"), address("2001:db8::1"));
  EXPECT_EQ(address("[2001:db8::1]:443"), address("2001:db8::1"));
  EXPECT_EQ(address("2001:DB8:0:0:0:0:0:1"), address("2001:db8::1"));
}

TEST(IpAddress, AMappedV4AddressIsThatV4Address) {
  EXPECT_EQ(address("::ffff:192.0.2.1"), address("192.0.2.1"));
  EXPECT_TRUE(address("::ffff:192.0.2.1").is_v4());
  EXPECT_EQ(address("::ffff:c000:201").to_string(), "192.0.2.1");
  EXPECT_EQ(IpAddress::from_v4({192, 0, 2, 1}), address("192.0.2.1"));
  EXPECT_FALSE(address("::1").is_v4());
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const auto text : {""sv,
                          " "sv,
                          "localhost"sv,
                          "unknown"sv,
                          "_hidden"sv,
                          "192.0.2"sv,
                          "192.0.2.1.5"sv,
                          "192.0.2.256"sv,
                          "192.0.2.01"sv,
                          "0x7f.0.0.1"sv,
                          " 192.0.2.1"sv,
                          "192.0.2.1 "sv,
                          "192.0.2.1:"sv,
                          "192.0.2.1:http"sv,
                          "192.0.2.1:123456"sv,
                          "192.0.2.1:80:80"sv,
                          ":80"sv,
                          "[]"sv,
                          "[::1"sv,
                          "::1]"sv,
                          "[::1]80"sv,
                          "[::1]:"sv,
                          "[::1]:x"sv,
                          ":::1"sv,
                          "1::2::3"sv,
                          "2001:db8::12345"sv,
                          "fe80::1%eth0"sv,
                          "[fe80::1%25eth0]"sv,
                          "192.0.2.1/24"sv,
                          "192.0.2.1,192.0.2.2"sv,
                          "2001:db8:0:0:0:0:0:0:1"sv}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string(10'000, '1')).has_value());
  EXPECT_FALSE(IpAddress::parse(std::string(46, ':')).has_value());
}

TEST(IpAddress, RefusesTextBehindAZeroByte) {
  // A C function would stop reading there and see an address.
  EXPECT_FALSE(IpAddress::parse("127.0.0.1\0.evil"sv).has_value());
  EXPECT_FALSE(IpAddress::parse("::1\0"sv).has_value());
}

TEST(IpAddress, KnowsTheLoopback) {
  for (const auto text : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(address(text).is_loopback()) << text;
  }
  for (const auto text : {"128.0.0.1", "126.255.255.255", "::", "::2", "0.0.0.0", "::127.0.0.1", "1::1"}) {
    EXPECT_FALSE(address(text).is_loopback()) << text;
  }
}

TEST(IpAddress, LimitsCountOneV4AddressAndOneV6Network) {
  EXPECT_NE(address("192.0.2.1").limit_key(), address("192.0.2.2").limit_key());
  EXPECT_EQ(address("2001:db8:1:2::1").limit_key(), address("2001:db8:1:2:ffff:ffff:ffff:ffff").limit_key());
  EXPECT_NE(address("2001:db8:1:2::1").limit_key(), address("2001:db8:1:3::1").limit_key());
}

TEST(IpAddress, HashesByValue) {
  const std::unordered_set<IpAddress> set{address("192.0.2.1"), address("::ffff:192.0.2.1"), address("::1")};
  EXPECT_EQ(set.size(), 2U);
}

TEST(IpRange, HoldsTheAddressesOfItsPrefix) {
  const IpRange ten = range("10.0.0.0/8");
  EXPECT_TRUE(ten.contains(address("10.0.0.0")));
  EXPECT_TRUE(ten.contains(address("10.255.255.255")));
  EXPECT_TRUE(ten.contains(address("::ffff:10.1.2.3")));
  EXPECT_FALSE(ten.contains(address("9.255.255.255")));
  EXPECT_FALSE(ten.contains(address("11.0.0.0")));
  EXPECT_FALSE(ten.contains(address("::1")));
}

TEST(IpRange, HoldsAPrefixThatEndsInsideAByte) {
  const IpRange twelve = range("172.16.0.0/12");
  EXPECT_TRUE(twelve.contains(address("172.31.255.255")));
  EXPECT_FALSE(twelve.contains(address("172.32.0.0")));
  EXPECT_FALSE(twelve.contains(address("172.15.255.255")));
  const IpRange local = range("fc00::/7");
  EXPECT_TRUE(local.contains(address("fdff::1")));
  EXPECT_FALSE(local.contains(address("fe00::1")));
}

TEST(IpRange, AnAddressAloneIsARangeOfOne) {
  EXPECT_TRUE(range("192.0.2.1").contains(address("192.0.2.1")));
  EXPECT_FALSE(range("192.0.2.1").contains(address("192.0.2.0")));
  EXPECT_TRUE(range("::1").contains(address("::1")));
  EXPECT_FALSE(range("::1").contains(address("::")));
  EXPECT_TRUE(range("192.0.2.1/32").contains(address("192.0.2.1")));
  EXPECT_TRUE(range("::1/128").contains(address("::1")));
}

TEST(IpRange, IgnoresHostBits) {
  EXPECT_TRUE(range("10.1.2.3/8").contains(address("10.200.0.1")));
}

TEST(IpRange, APrefixOfZeroIsAllOfItsFamily) {
  EXPECT_TRUE(range("0.0.0.0/0").contains(address("203.0.113.9")));
  EXPECT_FALSE(range("0.0.0.0/0").contains(address("2001:db8::1")));
  EXPECT_TRUE(range("::/0").contains(address("2001:db8::1")));
}

TEST(IpRange, AMappedPrefixCountsInItsOwnBits) {
  const IpRange mapped = range("::ffff:10.0.0.0/104");
  EXPECT_TRUE(mapped.contains(address("10.9.9.9")));
  EXPECT_FALSE(mapped.contains(address("11.0.0.0")));
}

TEST(IpRange, RefusesWhatIsNone) {
  for (const auto text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0", "10/8", "::/129", "[::1]/128", "[::1]", "localhost"}) {
    EXPECT_FALSE(IpRange::parse(text).has_value()) << text;
  }
}

TEST(IpRange, RefusesAPort) {
  // Read as an address with a port, the prefix would count from the wrong end, and the list of trusted
  // proxies would hold everybody.
  EXPECT_FALSE(IpRange::parse("10.0.0.0:80/8").has_value());
  EXPECT_FALSE(IpRange::parse("10.0.0.1:80").has_value());
}

}  // namespace
}  // namespace zvonok::base
