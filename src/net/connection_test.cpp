// A connection's queue, over a pair of sockets.
#include "net/connection.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>

#include "net/http_session_test_support.hpp"

namespace zvonok::net {
namespace {

struct SilentStage final : Stage {
  void on_bytes(std::span<char> /*bytes*/) override {}
  void on_end() override {}
  void on_lost() override {}
  void on_timer(base::MonoTime /*now*/) override {}
  void on_drain() override {}
};

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): gtest's own is public
class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() {
    std::array<int, 2> ends{};
    ZVONOK_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
    client = ends[0];
    Socket socket(session.loop.io().get_executor(), boost::asio::ip::tcp::v4(), ends[1]);
    connection = std::make_shared<Connection>(session.context, Stream(std::move(socket), nullptr),
                                              base::IpAddress(), AddressLease());
    connection->start(std::make_unique<SilentStage>());
  }
  ~ConnectionTest() override {
    connection->abort();
    work();
    ::close(client);
  }
  void work() {
    session.loop.io().restart();
    while (session.loop.io().poll() > 0) {
    }
  }
  std::size_t read(std::size_t bytes) const {
    std::string buffer(bytes, '\0');
    const auto got = ::recv(client, buffer.data(), buffer.size(), 0);
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }

  testing::HttpSession session;  // for its context
  std::shared_ptr<Connection> connection;
  int client = -1;
};

// It never catches up, and never falls behind either: nothing of what it has read may stay in memory.
TEST_F(ConnectionTest, HoldsNoMoreThanWhatWaitsForASlowButSteadyReader) {
  const std::string piece(50'000, 'x');
  while (connection->queued() < 300'000) {
    connection->queue(piece);
    work();
  }
  for (int i = 0; i < 1'000; ++i) {
    connection->queue(piece);
    for (std::size_t missing = piece.size(); missing > 0;) {
      missing -= read(missing);
      work();
    }
    ASSERT_GT(connection->queued(), 0u);
    ASSERT_LT(connection->held(), 1'000'000u) << i;
  }
}

}  // namespace
}  // namespace zvonok::net
