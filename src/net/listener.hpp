// Accepts connections at one address and never goes deaf: not when descriptors run out, not when an accept
// fails.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/loop.hpp"
#include "net/stream.hpp"
#include "ports/log.hpp"
#include "ports/metrics_sink.hpp"

namespace zvonok::net {

class Listener {
 public:
  using OnAccept = std::function<void(Socket, const boost::asio::ip::tcp::endpoint&)>;

  Listener(Loop& loop, ports::LogSink& log, ports::MetricsSink& metrics, OnAccept on_accept);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Binds and listens. The IPv6 wildcard takes IPv4 as well, whatever net.ipv6.bindv6only says. A port in
  /// use is an error: it is never shared.
  base::Result<void, boost::system::error_code> listen(const boost::asio::ip::tcp::endpoint& endpoint);
  void start() { accept(); }
  void stop();
  unsigned short port() const;

 private:
  void accept();
  void on_failure(const boost::system::error_code& error);

  // Given to us.
  Loop& loop_;
  ports::LogSink& log_;
  ports::MetricsSink& metrics_;
  const OnAccept on_accept_;
  // Ours.
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type> acceptor_;
  boost::asio::steady_timer retry_;
  base::MonoTime next_log_ = base::MonoTime::min();
};

}  // namespace zvonok::net
