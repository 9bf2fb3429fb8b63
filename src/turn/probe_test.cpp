#include "turn/probe.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "turn/socket_address.hpp"

namespace zvonok::turn {
namespace {

using Clock = std::chrono::steady_clock;
constexpr base::Duration kPatience{200};

// Answers the first datagram by one small one after another that mean nothing, until it goes.
class Dribbler {
 public:
  Dribbler() {
    auto at = socket_address(base::IpAddress::from_v4({127, 0, 0, 1}), 0);
    socket_ = ::socket(at.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(socket_, at.get(), at.size), 0);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&bound), &size), 0);
    port = ntohs(bound.sin_port);
    thread_ = std::thread([this] { dribble(); });
  }
  Dribbler(const Dribbler&) = delete;
  Dribbler& operator=(const Dribbler&) = delete;
  ~Dribbler() {
    stopping_ = true;
    thread_.join();
    ::close(socket_);
  }

  unsigned short port = 0;

 private:
  void dribble() {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    bool is_asked = false;
    while (!stopping_) {
      pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
      std::array<char, 512> buffer{};
      if (::poll(&readable, 1, static_cast<int>(kPatience.count()) / 4) == 1)
        is_asked = ::recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from),
                              &size) > 0;
      if (is_asked) (void)::sendto(socket_, "dribble", 7, 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  int socket_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// Who watches the relay must come to an end, and with it the server.
TEST(Probe, WaitsNoLongerForWhoDribbles) {
  const Dribbler relay;
  const Probe probe{.port = relay.port, .secret = {}, .valid_until = 1, .family = AddressFamily::kIpv4};
  const auto begun = Clock::now();
  const auto answers = who_answers(probe, kPatience);
  EXPECT_FALSE(answers.udp);
  EXPECT_FALSE(answers.tcp);
  EXPECT_LT(Clock::now() - begun, 20 * kPatience);
}

}  // namespace
}  // namespace zvonok::turn
