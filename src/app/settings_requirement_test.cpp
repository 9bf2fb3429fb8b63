#include "app/settings_requirement.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace zvonok::app {
namespace {

using Texts = std::initializer_list<std::string_view>;

void expect_fine(std::string_view (*requirement)(std::string_view), Texts texts) {
  for (const auto text : texts) EXPECT_EQ(requirement(text), "") << text;
}
void expect_refused(std::string_view (*requirement)(std::string_view), Texts texts) {
  for (const auto text : texts) EXPECT_NE(requirement(text), "") << text;
}

TEST(Host, IsAnAddressOrLocalhostOrNothing) {
  expect_fine(require_host,
              {"", "0.0.0.0", "127.0.0.1", "::", "::1", "[::]", "[::1]", "fd00::1", "localhost"});
}
TEST(Host, HasNoPortBlankOrName) {
  expect_refused(require_host, {"0.0.0.0:3001", "[::1]:3001", "0.0.0.0\r", " 0.0.0.0", "example.com", "*",
                                "[::1", "::1]", "1.2.3", "fe80::1%eth0", "LOCALHOST "});
}

TEST(Url, IsHttpOrHttps) {
  expect_fine(require_url,
              {"", "https://calls.example.com", "http://10.0.0.1:3001", "https://example.com/calls/"});
}
TEST(Url, IsRefusedWithoutSchemeOrHostAndWithMore) {
  expect_refused(require_url, {"calls.example.com", "ws://x", "https://", "https:///x", "https://a b",
                               "https://x?y", "https://x#y", "https://user@x", "https://x\r"});
}

TEST(HttpsUrl, MayHaveAPathAndAQuery) {
  expect_fine(require_https_url, {"", "https://login.example.com", "https://10.0.0.1:8443/keys?tenant=a@b",
                                  "https://[::1]/keys.json"});
}
TEST(HttpsUrl, HasAHostAndNoUserFragmentOrOtherScheme) {
  expect_refused(require_https_url, {"http://x/keys", "https://", "https:///keys", "https://?x",
                                     "https://me:secret@x/keys", "https://me@x", "https://x/#keys",
                                     "https://x/a b", "file:///etc/passwd", "login.example.com"});
}

TEST(Algorithm, IsOneOfTheTwelve) {
  expect_fine(require_algorithm, {"HS256", "HS384", "HS512", "RS256", "PS384", "ES512"});
}
TEST(Algorithm, IsNeverNoneNorNearlyOne) {
  expect_refused(require_algorithm,
                 {"none", "None", "", "hs256", "HS257", "HS2566", "EdDSA", "HS256 ", "ES256K"});
}

TEST(AddressRange, IsAnAddressOrACidrRange) {
  expect_fine(require_address_range,
              {"10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8", "0.0.0.0/0", "::/0", "10.1.2.3/32"});
}
TEST(AddressRange, HasNoPortNameOrImpossibleLength) {
  expect_refused(require_address_range,
                 {"", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.1:80",
                  "proxy", "10.0.0/8", "[::1]", "10.0.0.0/8/8", "/8"});
}

TEST(Origin, IsWhatABrowserSends) {
  expect_fine(require_origin, {"https://app.example.com", "http://localhost:3000", "null",
                               "capacitor://localhost", "https://[::1]:8443", "chrome-extension://abcdef"});
}
TEST(Origin, IsRefusedWhereItWouldMatchNobody) {
  expect_refused(require_origin,
                 {"", "*", "https://*.example.com", "app.example.com", "https://app.example.com/",
                  "https://x/y", "https://App.example.com", "HTTPS://x", "https://x:443", "http://x:80",
                  "https://", "https://a b", "https://u@x", "https://x?y", "Null"});
}
TEST(Origin, MayHavePort443OfPlainHttp) {
  expect_fine(require_origin, {"http://x:443", "https://x:80"});
}

TEST(Endpoint, IsAddressAndPort) {
  const auto v4 = parse_endpoint("127.0.0.1:9464");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->address.to_string(), "127.0.0.1");
  EXPECT_EQ(v4->port, 9464);
  const auto v6 = parse_endpoint("[::1]:65535");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->address.to_string(), "::1");
  EXPECT_EQ(v6->port, 65535);
}
TEST(Endpoint, IsRefusedWithoutEither) {
  for (const auto text :
       Texts{"", ":9464", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+1",
             "127.0.0.1:0x1", "127.0.0.1:1 ", "::1", "::1:9464", "[::1]", "[::1]9464", "127.0.0.1:1:2",
             "localhost:9464", "[::1:9464"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
  expect_refused(require_endpoint, {"9464", "off"});
  expect_fine(require_endpoint, {"", "0.0.0.0:9464"});
}

TEST(Path, IsNotEmpty) {
  expect_refused(require_path, {""});
  expect_fine(require_path, {".", "/var/lib/zvonok", "a b"});
}

}  // namespace
}  // namespace zvonok::app
