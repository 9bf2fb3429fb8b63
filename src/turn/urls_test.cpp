#include "turn/urls.hpp"

#include <gmock/gmock.h>

namespace zvonok::turn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(UrlProblem, IsNoneForWhatBrowsersTake) {
  for (const auto* url :
       {"stun:h", "stun:turn.example.com:3478", "turn:h", "turn:h:1?transport=udp", "turns:h?transport=tcp",
        "turn:192.0.2.1:3478", "turn:[2001:db8::1]:3478?transport=tcp", "turn:xn--80a1acny.example."})
    EXPECT_THAT(url_problem(url), IsEmpty()) << url;
}

TEST(UrlProblem, IsNamedForWhatMakesThemThrow) {
  for (const auto* url :
       {"", "turn", "turn:", "turn:turn:h", "http://h", "stun:h?transport=udp", "turn:h?transport=sctp",
        "turn:h?x=1", "turn:h:0", "turn:h:65536", "turn:h:", "turn:2001:db8::1:3478", "turn:a b", "turn://h",
        "turn:[2001:db8::1", "turn:тест.example", "TURN:h"})
    EXPECT_FALSE(url_problem(url).empty()) << url;
}

TEST(UrlsOf, NamesEveryWayToTheRelayOnce) {
  EXPECT_THAT(
      urls_of({.host = "turn.example.com", .port = 3478, .tls_port = 443}),
      ElementsAre("stun:turn.example.com:3478", "turn:turn.example.com:3478?transport=udp",
                  "turn:turn.example.com:3478?transport=tcp", "turns:turn.example.com:443?transport=tcp"));
  EXPECT_THAT(urls_of({.host = "2001:db8::1", .port = 3478}),
              ElementsAre("stun:[2001:db8::1]:3478", "turn:[2001:db8::1]:3478?transport=udp",
                          "turn:[2001:db8::1]:3478?transport=tcp"));
  for (const auto& url : urls_of({.host = "2001:db8::1", .port = 1, .tls_port = 2}))
    EXPECT_THAT(url_problem(url), IsEmpty()) << url;
}

}  // namespace
}  // namespace zvonok::turn
