// Servers for tests: a real socket on a free port of loopback, and a thread that has one conversation after
// the other with whoever connects. What they say is the test's, line by line.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace zvonok::fetch {

/// The server's end of one connection, for its thread.
class TestConnection {
 public:
  explicit TestConnection(int socket) : socket_(socket) {}

  /// False: the client has gone.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Without its CRLF; nullopt: the client has gone.
  std::optional<std::string> line() {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n")) == std::string::npos)
      if (!receive()) return std::nullopt;
    std::string text = unread_.substr(0, end);
    unread_.erase(0, end + 2);
    return text;
  }

  std::string bytes(std::size_t count) {
    while (unread_.size() < count && receive()) {
    }
    std::string text = unread_.substr(0, count);
    unread_.erase(0, text.size());
    return text;
  }

  /// Says nothing any more, until the client goes.
  void hang() {
    while (receive()) unread_.clear();
  }

 private:
  bool receive() {
    char buffer[4096];
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got > 0) unread_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  const int socket_;
  std::string unread_;
};

class TestServer {
 public:
  using Talk = std::function<void(TestConnection&)>;

  /// `talk` runs on the server's thread, for one connection after the other; at its end the connection is
  /// closed.
  explicit TestServer(Talk talk) : talk_(std::move(talk)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, plain, size), 0);
    EXPECT_EQ(::listen(listener_, 128), 0);
    EXPECT_EQ(::getsockname(listener_, plain, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() { stop(); }

  std::string host_and_port() const { return "127.0.0.1:" + std::to_string(port_); }

  int connections() const {
    const std::scoped_lock lock(mutex_);
    return connections_;
  }

  /// From now on the port refuses connections. Ends the conversation that is under way.
  void stop() {
    if (!thread_.joinable()) return;
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      ::shutdown(listener_, SHUT_RDWR);
      if (talking_ >= 0) ::shutdown(talking_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listener_);
  }

 private:
  void serve() {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      {
        const std::scoped_lock lock(mutex_);
        if (socket < 0 || stopping_) {
          if (socket >= 0) ::close(socket);
          return;
        }
        ++connections_;
        talking_ = socket;
      }
      TestConnection connection(socket);
      talk_(connection);
      const std::scoped_lock lock(mutex_);
      ::close(socket);
      talking_ = -1;
    }
  }

  const Talk talk_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  bool stopping_ = false;  // behind mutex_
  int connections_ = 0;    // behind mutex_
  int talking_ = -1;       // behind mutex_: the socket of the conversation
  std::thread thread_;
};

}  // namespace zvonok::fetch
