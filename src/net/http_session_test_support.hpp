// One HTTP connection of the server without a network: its socket is one end of a socketpair, the test holds
// the other. Everything behind it is real but the verifier, the log and the metrics. Nothing waits: the loop
// is polled until nothing is left to do.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.hpp"
#include "http/dev_login.hpp"
#include "http/router.hpp"
#include "http/system_routes.hpp"
#include "hub/hub.hpp"
#include "net/connection.hpp"
#include "net/context.hpp"
#include "net/http_stage.hpp"
#include "net/loop.hpp"
#include "ports/fake_log.hpp"
#include "ports/fake_metrics.hpp"
#include "ports/fake_token_signer.hpp"
#include "ports/fake_token_verifier.hpp"

namespace zvonok::net::testing {

class HttpSession {
 public:
  /// Small limits, so that short inputs reach them; no timeout comes near in a test's time.
  static ConnectionLimits limits() {
    const auto long_enough = base::minutes(10);
    return {.header_bytes = 1'024,
            .header_count = 16,
            .body_bytes = 1'024,
            .request_head = long_enough,
            .request_body = long_enough,
            .keep_alive = long_enough,
            .close_handshake = long_enough,
            .linger = long_enough,
            .linger_bytes = 1'024 * 1'024,
            .queue_bytes = 1'024 * 1'024,
            .frames = {.message_bytes = 1'024, .fragments = 16},
            .message_progress = long_enough,
            .control_frames = base::Rate::per(1, base::seconds(1), 1'000'000),
            .ping_after = long_enough,
            .dead_after = long_enough * 2};
  }

  /// The client's end is `client`; `peer` is where the server thinks that it is.
  explicit HttpSession(std::string_view peer = "127.0.0.1")
      : router_({.cors_origins = http::OriginList({"https://app.example"}), .serves_page = true},
                authenticator_, routes()) {
    std::array<int, 2> ends{};
    ZVONOK_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
    client_ = ends[0];
    Socket socket(loop.io().get_executor(), boost::asio::ip::tcp::v4(), ends[1]);
    const auto connection = std::make_shared<Connection>(context, Stream(std::move(socket), nullptr),
                                                         *base::IpAddress::parse(peer), AddressLease());
    connection->start(std::make_unique<HttpStage>(*connection, handler, HttpStage::WebSockets::kAccepted));
    connection_ = connection;
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;
  ~HttpSession() {
    if (const auto open = connection_.lock()) open->abort();
    work();
    ::close(client_);
  }

  /// Bytes from the client, and everything that follows from them. A server that has gone does not get them.
  void send(std::string_view bytes) {
    if (!bytes.empty()) {
      const ssize_t sent = ::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      // Tests are short: what does not fit into the kernel's buffer is a mistake of the test.
      ZVONOK_ASSERT(sent == static_cast<ssize_t>(bytes.size()) || errno == EPIPE || errno == ECONNRESET);
    }
    work();
  }
  /// As `send`, by a client that does not read. The server may take less than all: how much it took.
  std::size_t send_without_reading(std::string_view bytes) {
    const ssize_t sent = ::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    loop.io().restart();
    while (loop.io().poll() > 0) {
    }
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  /// One step of the server; false: there is nothing to do. The client reads nothing meanwhile.
  bool step() {
    loop.io().restart();
    return loop.io().poll_one() > 0;
  }
  /// Reads what has arrived at the client by now.
  void read() {
    while (receive()) {
    }
  }
  /// The client ends its direction, and still reads.
  void end() {
    ::shutdown(client_, SHUT_WR);
    work();
  }
  /// Lets the server do whatever is left to do, and takes what it has sent.
  void work() {
    do {
      loop.io().restart();
      while (loop.io().poll() > 0) {
      }
    } while (receive());
  }

  /// All that the server has sent so far, of which the dates are taken out: they alone come from a clock.
  std::string received() const {
    std::string text = received_;
    constexpr std::string_view kDate = "\r\nDate: ";
    for (auto at = text.find(kDate); at != text.npos; at = text.find(kDate, at)) {
      text.erase(at, text.find("\r\n", at + 2) - at);
    }
    return text;
  }
  int client() const { return client_; }
  /// The server has ended its direction.
  bool ended() const { return ended_; }

  Loop loop;
  ports::FakeLog log;
  ports::FakeMetrics metrics;
  ports::FakeTokenVerifier verifier;
  hub::Hub hub{{.core = {.calls = {},
                         .offers = {.caller = {.burst = 1'000},
                                    .pair = {.burst = 1'000},
                                    .pair_long_term = {.burst = 1'000}}},
                .messages = {.burst = 1'000'000},
                .invalid_messages = {.burst = 1'000'000}},
               log,
               metrics};
  AddressTable addresses{{.connections = 10,
                          .without_request = 10,
                          .new_connections = {.burst = 10},
                          .bad_tokens = {.burst = 2, .interval = base::hours(1)},
                          .exempt = {}}};
  Context context{.loop = loop,
                  .hub = hub,
                  .addresses = addresses,
                  .verifier = verifier,
                  .log = log,
                  .metrics = metrics,
                  .limits = limits(),
                  .upgrades = {},
                  .trusted_proxies = {},
                  .peer_names = PeerNames(LogAddresses::kHashed)};
  /// Answers what is no upgrade: the real routes, unless a test puts something else here.
  HttpHandler handler = [this](const http::Request& request, const http::Reply& reply) {
    router_.answer(request, reply);
  };

 private:
  bool receive() {
    std::array<char, 16'384> buffer{};
    const ssize_t got = ::recv(client_, buffer.data(), buffer.size(), 0);
    if (got == 0) ended_ = true;
    if (got <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  std::vector<http::Route> routes() {
    auto routes = http::system_routes([] { return true; });
    routes.push_back(dev_login_.route([] { return base::WallTime(base::seconds(1)); }));
    return routes;
  }

  ports::FakeTokenSigner signer_;
  const http::DevLogin dev_login_{http::DevLoginSettings{}, signer_};
  http::Authenticator authenticator_{
      {.verifier = verifier,
       .wall_now = [] { return base::WallTime(base::seconds(1)); },
       .note_refused_token = [](const http::Request&, const ports::TokenRefusal&) { return true; }}};
  http::Router router_;
  int client_ = -1;
  std::weak_ptr<Connection> connection_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace zvonok::net::testing
