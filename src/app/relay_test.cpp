#include "app/relay.hpp"

#include <gtest/gtest.h>

namespace zvonok::app {
namespace {

std::string host_of(const std::string& public_url, const std::string& turn_host = "") {
  Settings settings;
  settings.public_url = public_url;
  settings.turn_host = turn_host;
  return relay_host(settings);
}

TEST(RelayHost, IsThatOfThePublicUrlUnlessItIsSet) {
  EXPECT_EQ(host_of("https://calls.example.com"), "calls.example.com");
  EXPECT_EQ(host_of("https://calls.example.com:8443/path"), "calls.example.com");
  EXPECT_EQ(host_of("http://[2001:db8::1]:3001/"), "2001:db8::1");
  EXPECT_EQ(host_of("https://calls.example.com", "turn.example.com"), "turn.example.com");
  EXPECT_EQ(host_of(""), "");
}

// Who reaches the page by a port reaches TURN over TLS by it, too.
TEST(TurnsPort, IsTheOneThatPeopleUse) {
  Settings settings;
  settings.port = 3001;
  EXPECT_EQ(turns_port(settings), 0) << "TLS ends elsewhere";
  settings.tls_cert = "cert.pem";
  EXPECT_EQ(turns_port(settings), 3001);
  settings.public_url = "https://calls.example.com";
  EXPECT_EQ(turns_port(settings), 443);
  settings.public_url = "https://calls.example.com:8443/";
  EXPECT_EQ(turns_port(settings), 8443);
  settings.public_url = "https://[2001:db8::1]";
  EXPECT_EQ(turns_port(settings), 443);
  settings.public_url = "https://[2001:db8::1]:444";
  EXPECT_EQ(turns_port(settings), 444);
  settings.turn_host = "2001:db8::1";
  EXPECT_EQ(turns_port(settings), 444) << "the same host, said twice";
  settings.turn_host = "turn.example.com";
  EXPECT_EQ(turns_port(settings), 3001);
}

}  // namespace
}  // namespace zvonok::app
