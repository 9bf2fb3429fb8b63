#include "client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "fatal.hpp"

namespace zvonok::bench {
namespace {

constexpr std::size_t kSourceAddresses = 8;
constexpr time_t kWaitMaxSeconds = 10;

template <class Value>
void set_option(int fd, int level, int name, const Value& value) {
  if (::setsockopt(fd, level, name, &value, sizeof value) != 0) fatal_errno("setsockopt");
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return address;
}

void receive_all(const Socket& socket, char* into, std::size_t size) {
  for (std::size_t got = 0; got < size;) {
    const ssize_t now = ::recv(socket.fd(), into + got, size - got, 0);
    if (now == 0) fatal("the server has closed a connection while a call was set up");
    if (now < 0) fatal_errno("no answer while a call was set up");
    got += static_cast<std::size_t>(now);
  }
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ < 0) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  (void)::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once,
                     sizeof at_once);  // without it the port is lost for a minute
  ::close(fd_);
}

Socket connect_to(std::uint16_t port, std::size_t index) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) fatal_errno("cannot make a socket (ulimit -n?)");
  // The port of the source is chosen at the connect, so that it only has to be free towards this one server.
  set_option(socket.fd(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  set_option(socket.fd(), IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, timeval{.tv_sec = kWaitMaxSeconds, .tv_usec = 0});
  const auto source = loopback(static_cast<std::uint32_t>(index % kSourceAddresses), 0);
  if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0)
    fatal_errno("bind");
  const auto server = loopback(0, port);
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0)
    fatal_errno("connect");
  return socket;
}

std::string upgrade_request(std::uint16_t port, std::string_view token) {
  // What Chromium sends, without cookies.
  std::string request("GET /ws?token=");
  request.append(token).append(" HTTP/1.1\r\nHost: localhost:").append(std::to_string(port));
  request.append(
      "\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
      "Safari/537.36\r\nUpgrade: websocket\r\nOrigin: http://localhost\r\nSec-WebSocket-Version: 13\r\n"
      "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
  return request;
}

bool is_upgraded(std::string_view reply) {
  if (!reply.ends_with("\r\n\r\n")) {
    if (reply.find("\r\n\r\n") == reply.npos) return false;
    fatal("something follows the 101: the token was refused? " + std::string(reply));
  }
  if (!reply.starts_with("HTTP/1.1 101 ")) fatal("no upgrade: " + std::string(reply));
  return true;
}

Socket open_websocket(std::uint16_t port, std::size_t index, std::string_view token) {
  Socket socket = connect_to(port, index);
  send_all(socket, upgrade_request(port, token));
  std::string reply;
  for (char byte = 0; !reply.ends_with("\r\n\r\n"); reply.push_back(byte)) receive_all(socket, &byte, 1);
  (void)is_upgraded(reply);  // all that can be wrong now is its status, and that is fatal
  return socket;
}

std::string receive_text(const Socket& socket) {
  std::array<char, 4> header{};
  receive_all(socket, header.data(), 2);
  if (header[0] != static_cast<char>(0x81)) fatal("not a text frame");
  std::size_t size = static_cast<unsigned char>(header[1]);
  if (size > 126) fatal("a frame that is too long or masked");
  if (size == 126) {
    receive_all(socket, header.data() + 2, 2);
    size = std::size_t{static_cast<unsigned char>(header[2])} << 8 | static_cast<unsigned char>(header[3]);
  }
  std::string text(size, '\0');
  receive_all(socket, text.data(), size);
  return text;
}

void send_all(const Socket& socket, std::string_view bytes) {
  const ssize_t sent = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0) fatal_errno("send");
  // There is never more than one burst under way per connection, and a socket's buffer holds that.
  if (static_cast<std::size_t>(sent) != bytes.size()) fatal("a socket's buffer is full");
}

void make_non_blocking(const Socket& socket) {
  if (::fcntl(socket.fd(), F_SETFL, O_NONBLOCK) != 0) fatal_errno("fcntl");
}

void expect_silent(const Socket& socket) {
  char byte = 0;
  if (::recv(socket.fd(), &byte, 1, MSG_DONTWAIT) >= 0)
    fatal("the server has closed or refused a connection");
  if (errno != EAGAIN) fatal_errno("a connection is lost");
}

}  // namespace zvonok::bench
