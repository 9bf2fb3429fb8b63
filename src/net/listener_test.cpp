#include "net/listener.hpp"

#include <gmock/gmock.h>

#include <boost/asio/post.hpp>

#include "net/loop.hpp"
#include "ports/fake_log.hpp"
#include "ports/fake_metrics.hpp"

namespace zvonok::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class ListenerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(listener.listen({asio::ip::address_v4::loopback(), 0}));
    listener.start();
  }
  void TearDown() override {
    listener.stop();
    loop.io().restart();
    loop.io().poll();
  }

  tcp::socket client() {
    tcp::socket socket(clients);
    socket.connect({asio::ip::address_v4::loopback(), listener.port()});
    return socket;
  }

  asio::io_context clients;
  Loop loop;
  ports::FakeLog log;
  ports::FakeMetrics metrics;
  int accepted = 0;
  std::function<void()> when_accepted = [] {};
  Listener listener{loop, log, metrics, [this](Socket, const tcp::endpoint&) {
                      ++accepted;
                      when_accepted();
                    }};
};

TEST_F(ListenerTest, HandsOverWhoConnects) {
  const auto first = client(), second = client();
  loop.io().poll();
  EXPECT_EQ(accepted, 2);
}

// Who is accepted at once when the one before was, and waits to be handed over, would be told nothing of the
// stop, and hold up the end.
TEST_F(ListenerTest, HandsOverNobodyAfterItWasStopped) {
  const auto first = client(), second = client();
  when_accepted = [this] { asio::post(loop.io(), [this] { listener.stop(); }); };
  loop.io().poll();
  EXPECT_EQ(accepted, 1);
}

}  // namespace
}  // namespace zvonok::net
