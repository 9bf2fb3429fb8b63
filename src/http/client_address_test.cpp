#include "http/client_address.hpp"

#include <gtest/gtest.h>

#include <string>

#include "http/test_requests.hpp"

namespace zvonok::http {
namespace {

using testing::get;

const std::vector<base::IpRange>& trusted() {
  static const std::vector<base::IpRange> kRanges{*base::IpRange::parse("127.0.0.1"),
                                                  *base::IpRange::parse("10.0.0.0/8"),
                                                  *base::IpRange::parse("fd00::/8")};
  return kRanges;
}

// The client of a request that came from the trusted proxy 127.0.0.1 with these X-Forwarded-For lines.
std::string client(std::initializer_list<std::string> lines, std::string_view peer = "127.0.0.1") {
  auto request = get("/");
  request.peer = *base::IpAddress::parse(peer);
  for (const auto& line : lines) request.headers.push_back({"x-forwarded-for", line});
  return client_address(request, trusted()).to_string();
}

TEST(ClientAddress, IsThePeerWhenItIsNoTrustedProxy) {
  EXPECT_EQ(client({"203.0.113.7"}, "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client({}, "192.0.2.1"), "192.0.2.1");
}

TEST(ClientAddress, IsTheProxyWhenItNamesNobody) {
  EXPECT_EQ(client({}), "127.0.0.1");
  EXPECT_EQ(client({""}), "127.0.0.1");
}

TEST(ClientAddress, IsWhatATrustedProxySays) {
  EXPECT_EQ(client({"203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(client({"  203.0.113.7\t"}), "203.0.113.7");
  EXPECT_EQ(client({"2001:db8::7"}), "2001:db8::7");
  EXPECT_EQ(client({"::ffff:203.0.113.7"}), "203.0.113.7");
}

// Azure's gateway writes a port that is new for each connection: with it every connection would be a new
// client.
TEST(ClientAddress, IgnoresThePort) {
  EXPECT_EQ(client({"203.0.113.7:1"}), "203.0.113.7");
  EXPECT_EQ(client({"203.0.113.7:65535"}), "203.0.113.7");
  EXPECT_EQ(client({"[2001:db8::7]:4711"}), "2001:db8::7");
  EXPECT_EQ(client({"[2001:db8::7]"}), "2001:db8::7");
}

// What stands on the left was written by the client itself.
TEST(ClientAddress, IsTheLastOneThatIsNotTrusted) {
  EXPECT_EQ(client({"1.2.3.4, 203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(client({"1.2.3.4,203.0.113.7,10.0.0.1, 10.0.0.2"}), "203.0.113.7");
  EXPECT_EQ(client({"203.0.113.7, fd00::1"}), "203.0.113.7");
}

TEST(ClientAddress, ReadsSeveralLinesAsOneList) {
  EXPECT_EQ(client({"1.2.3.4", "203.0.113.7", "10.0.0.1"}), "203.0.113.7");
}

TEST(ClientAddress, IsTheFirstHopWhenAllAreTrusted) {
  EXPECT_EQ(client({"10.0.0.3, 10.0.0.2, 10.0.0.1"}), "10.0.0.3");
}

// Garbage is the address of the hop that passed it on: bounded, never a new client each time.
TEST(ClientAddress, TakesGarbageForTheHopThatWroteIt) {
  for (const std::string& garbage :
       {std::string("unknown"), std::string("_hidden"), std::string("\"<script>\""), std::string(10'000, ','),
        std::string("203.0.113.7;203.0.113.8"), std::string("for=203.0.113.7"),
        std::string("203.0.113.7:port"), std::string("203.0.113"), std::string("203.0.113.07x"),
        std::string("fe80::1%eth0"), std::string(100'000, '1'), std::string(", ,")}) {
    EXPECT_EQ(client({garbage}), "127.0.0.1") << garbage.substr(0, 40);
    EXPECT_EQ(client({garbage + ", 10.0.0.9"}), "10.0.0.9") << garbage.substr(0, 40);
    EXPECT_EQ(client({garbage + ", 203.0.113.7"}), "203.0.113.7") << garbage.substr(0, 40);
  }
}

TEST(ClientAddress, StopsAfterMoreHopsThanAnyChainHas) {
  std::string chain = "203.0.113.7";
  for (int i = 0; i < 100'000; ++i) chain += ",10.0.0.1";
  EXPECT_EQ(client({chain}), "10.0.0.1");
}

TEST(ClientAddress, TrustsNobodyByDefault) {
  auto request = get("/", {{"X-Forwarded-For", "203.0.113.7"}});
  EXPECT_EQ(client_address(request, {}).to_string(), "127.0.0.1");
}

}  // namespace
}  // namespace zvonok::http
