#include "net/stream.hpp"

#include <openssl/bio.h>
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

// OpenSSL goes on reading until it has data for us. A client that sends none (renegotiations that are
// refused, key updates, a ClientHello in pieces of a byte: RFC 8446 sections 4.6.3 and 5.1) would keep it,
// and with it the loop, for as long as it sends. A record costs two reads, and one more for each further
// piece of it; a handshake some ten. Nobody honest needs so many in one call.
constexpr int kReadsMax = 64;

// Its argument is how many reads are left of the call that is under way.
// NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's.
long count_reads(BIO* bio, int operation, const char* /*bytes*/, std::size_t /*size*/, int /*number*/,
                 long /*amount*/, int result, std::size_t* /*done*/) {
  auto* const left = reinterpret_cast<int*>(BIO_get_callback_arg(bio));
  if (operation != BIO_CB_READ || left == nullptr || (*left)-- > 0) return result;
  BIO_clear_retry_flags(bio);
  BIO_set_retry_read(bio);
  return -1;
}

Kind kind_of(int error) {
  switch (error) {
    case SSL_ERROR_WANT_READ:
      return Kind::kWaitReadable;
    case SSL_ERROR_WANT_WRITE:
      return Kind::kWaitWritable;
    case SSL_ERROR_ZERO_RETURN:
      return Kind::kEnd;
    default:
      return Kind::kError;
  }
}

// What comes of one of OpenSSL's functions.
template <class Function>
IoResult outcome_of(SSL* ssl, Function function) {
  int reads_left = kReadsMax;
  BIO* const bio = SSL_get_rbio(ssl);
  BIO_set_callback_arg(bio, reinterpret_cast<char*>(&reads_left));
  const int returned = function(ssl);
  BIO_set_callback_arg(bio, nullptr);
  if (returned > 0) return {Kind::kDone, static_cast<std::size_t>(returned)};
  const int error = SSL_get_error(ssl, returned);
  ERR_clear_error();
  return {reads_left < 0 ? Kind::kError : kind_of(error)};
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
  if (SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) {
    ssl_.reset();
    close();
    return;
  }
  SSL_set_accept_state(ssl_.get());
  BIO_set_callback_ex(SSL_get_rbio(ssl_.get()), count_reads);
}

IoResult Stream::handshake() {
  IoResult result = outcome_of(ssl_.get(), SSL_do_handshake);
  if (result.kind == Kind::kEnd) result.kind = Kind::kError;
  return result;
}

IoResult Stream::read(std::span<char> into) {
  if (ssl_)
    return outcome_of(ssl_.get(), [&](SSL* ssl) { return SSL_read(ssl, into.data(), clamped(into.size())); });
  while (true) {
    const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
    if (got > 0) return {Kind::kDone, static_cast<std::size_t>(got)};
    if (got == 0) return {Kind::kEnd};
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Kind::kWaitReadable : Kind::kError};
  }
}

IoResult Stream::write(std::span<const char> from) {
  if (ssl_)
    return outcome_of(ssl_.get(),
                      [&](SSL* ssl) { return SSL_write(ssl, from.data(), clamped(from.size())); });
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
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) (void)outcome_of(ssl_.get(), SSL_shutdown);
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
