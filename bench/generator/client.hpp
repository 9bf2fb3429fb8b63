// One client's socket. What belongs to setting up waits (with a time limit); what is measured does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace zvonok::bench {

/// Closes with a reset: no socket stays behind in TIME_WAIT and takes a port from the next run.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

/// Connects over loopback. `index` picks one of several source addresses: one address has ports for 28,000
/// only.
Socket connect_to(std::uint16_t port, std::size_t index);

std::string upgrade_request(std::uint16_t port, std::string_view token);
/// Whether a whole reply is there; one that is no 101 is fatal.
bool is_upgraded(std::string_view reply);

/// Connects and upgrades, waiting for the reply.
Socket open_websocket(std::uint16_t port, std::size_t index, std::string_view token);
/// Waits for one text frame of at most 64 KiB and returns its text.
std::string receive_text(const Socket& socket);
void send_all(const Socket& socket, std::string_view bytes);

void make_non_blocking(const Socket& socket);
/// Fatal if the server has sent anything (a refusal would be a close frame) or has gone.
void expect_silent(const Socket& socket);

}  // namespace zvonok::bench
