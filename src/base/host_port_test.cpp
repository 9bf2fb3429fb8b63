#include "base/host_port.hpp"

#include <gtest/gtest.h>

namespace zvonok::base {
namespace {

std::string split(std::string_view text) {
  const auto parts = split_host_port(text);
  return std::string(parts.host) + (parts.port ? " | " + std::string(*parts.port) : "");
}

TEST(SplitHostPort, CutsAtTheColonBehindTheHost) {
  EXPECT_EQ(split("a.example"), "a.example");
  EXPECT_EQ(split("a.example:80"), "a.example | 80");
  EXPECT_EQ(split("a.example:"), "a.example | ");
  EXPECT_EQ(split("[::1]"), "[::1]");
  EXPECT_EQ(split("[::1]:80"), "[::1] | 80");
  EXPECT_EQ(split(":80"), " | 80");
  EXPECT_EQ(split(""), "");
}

TEST(ParsePort, TakesDigitsOfAPortAlone) {
  EXPECT_EQ(parse_port("1"), 1);
  EXPECT_EQ(parse_port("65535"), 65535);
  for (const auto* text : {"", "0", "65536", "-1", "+1", " 1", "1 ", "0x1", "1a"})
    EXPECT_FALSE(parse_port(text)) << text;
}

}  // namespace
}  // namespace zvonok::base
