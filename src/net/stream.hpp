// One accepted socket, plain or TLS, without buffers of its own: reads and writes never wait, and the loop
// says when they are worth trying again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <span>

#include "net/tls.hpp"

namespace zvonok::net {

/// The default executor type of Asio is four times as large and can do nothing more for us.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

struct IoResult {
  enum class Kind : std::uint8_t {
    kDone,  // `bytes` were moved
    kWaitReadable,
    kWaitWritable,
    kEnd,    // the peer has ended its direction properly
    kError,  // the connection is unusable
  };
  Kind kind{};
  std::size_t bytes = 0;
};

class Stream {
 public:
  /// `tls` null: plain.
  Stream(Socket socket, SSL_CTX* tls);

  bool is_tls() const { return ssl_ != nullptr; }
  /// TLS only; kDone once the handshake is complete.
  IoResult handshake();
  IoResult read(std::span<char> into);
  IoResult write(std::span<const char> from);
  /// TLS keeps decrypted bytes of its own, of which the loop knows nothing.
  bool has_buffered_input() const;
  /// Whether unread bytes wait in the kernel: the peer lives, although we have not looked yet.
  bool has_unread_input();
  /// Ends our direction (close_notify, FIN). The peer may still send.
  void shut_down_sending();
  /// Closes with a reset: what is queued in the kernel is thrown away.
  void reset();
  void close();

  Socket& socket() { return socket_; }

 private:
  Socket socket_;
  SslPtr ssl_;
};

}  // namespace zvonok::net
