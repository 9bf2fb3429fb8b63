#include "net/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace zvonok::net {
namespace {

using Kind = IoResult::Kind;

// TLS moves at most one record of 16 KB at a time; an int is what its functions take.
int clamped(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

Stream::Stream(Socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
  boost::system::error_code ignored;  // without these options the connection still works, only slower
  socket_.non_blocking(true, ignored);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  if (tls == nullptr) return;
  ssl_.reset(SSL_new(tls));
  if (ssl_ == nullptr) {  // no memory: the first read finds the socket closed
    close();
    return;
  }
  SSL_set_fd(ssl_.get(), socket_.native_handle());
  SSL_set_accept_state(ssl_.get());
}

IoResult Stream::ssl_result(int returned) {
  if (returned > 0) return {Kind::kDone, static_cast<std::size_t>(returned)};
  const int error = SSL_get_error(ssl_.get(), returned);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ:
      return {Kind::kWaitReadable};
    case SSL_ERROR_WANT_WRITE:
      return {Kind::kWaitWritable};
    case SSL_ERROR_ZERO_RETURN:
      return {Kind::kEnd};
    default:
      return {Kind::kError};
  }
}

IoResult Stream::handshake() {
  IoResult result = ssl_result(SSL_do_handshake(ssl_.get()));
  if (result.kind == Kind::kEnd) result.kind = Kind::kError;
  return result;
}

IoResult Stream::read(std::span<char> into) {
  if (ssl_) return ssl_result(SSL_read(ssl_.get(), into.data(), clamped(into.size())));
  while (true) {
    const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
    if (got > 0) return {Kind::kDone, static_cast<std::size_t>(got)};
    if (got == 0) return {Kind::kEnd};
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Kind::kWaitReadable : Kind::kError};
  }
}

IoResult Stream::write(std::span<const char> from) {
  if (ssl_) return ssl_result(SSL_write(ssl_.get(), from.data(), clamped(from.size())));
  while (true) {
    const ssize_t sent = ::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL);
    if (sent >= 0) return {Kind::kDone, static_cast<std::size_t>(sent)};
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Kind::kWaitWritable : Kind::kError};
  }
}

bool Stream::has_buffered_input() const {
  return ssl_ && SSL_pending(ssl_.get()) > 0;
}

bool Stream::has_unread_input() {
  int bytes = 0;
  return ::ioctl(socket_.native_handle(), FIONREAD, &bytes) == 0 && bytes > 0;
}

void Stream::shut_down_sending() {
  // One try: a close_notify that does not fit into the socket's buffer now is given up, the FIN follows
  // anyway.
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) (void)ssl_result(SSL_shutdown(ssl_.get()));
  boost::system::error_code ignored;  // the peer may have reset the connection meanwhile
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::reset() {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  close();
}

void Stream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace zvonok::net
