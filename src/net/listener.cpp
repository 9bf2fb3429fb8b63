#include "net/listener.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <utility>

#include "net/clock.hpp"

namespace zvonok::net {
namespace {

namespace asio = boost::asio;

// Short enough that a freed descriptor is used within a second, long enough that waiting costs nothing.
constexpr std::chrono::milliseconds kRetryAfter{200};
constexpr base::Duration kLogInterval{1'000};

}  // namespace

Listener::Listener(Loop& loop, ports::LogSink& log, ports::MetricsSink& metrics, OnAccept on_accept)
    : loop_(loop),
      log_(log),
      metrics_(metrics),
      on_accept_(std::move(on_accept)),
      acceptor_(loop.io()),
      retry_(loop.io()) {}

base::Result<void, boost::system::error_code> Listener::listen(const asio::ip::tcp::endpoint& endpoint) {
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (error) return base::Unexpected{error};
  // A restart finds the port free although connections of the last run are in TIME_WAIT. It does not share
  // it: that would be SO_REUSEPORT, with which a forgotten second server takes half of the connections.
  acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
    acceptor_.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (!error) return {};
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  return base::Unexpected{error};
}

unsigned short Listener::port() const {
  boost::system::error_code error;
  return acceptor_.local_endpoint(error).port();
}

void Listener::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
}

void Listener::accept() {
  if (!acceptor_.is_open()) return;
  auto peer = std::make_shared<asio::ip::tcp::endpoint>();
  acceptor_.async_accept(loop_.io().get_executor(), *peer,
                         [this, peer](const boost::system::error_code& error, Socket socket) {
                           // It may have been accepted before the stop, and wait since then.
                           if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
                           if (error) return on_failure(error);
                           on_accept_(std::move(socket), *peer);
                           accept();
                         });
}

void Listener::on_failure(const boost::system::error_code& error) {
  // The client was gone before we looked: nothing is wrong with us.
  if (error == asio::error::connection_aborted) return accept();
  const bool no_descriptor =
      error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system;
  if (no_descriptor) {
    metrics_.add(ports::Counter::kConnections, static_cast<std::size_t>(ports::AcceptOutcome::kNoDescriptor));
  }
  if (const auto now = mono_now(); now >= next_log_) {
    next_log_ = now + kLogInterval;
    log_.write(ports::LogLevel::kError,
               no_descriptor ? "cannot accept connections, trying again: raise the limit of open files"
                             : "cannot accept connections, trying again",
               {{"error", error.message()}});
  }
  // Trying again at once would find the same and burn a core.
  retry_.expires_after(kRetryAfter);
  retry_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) accept();
  });
}

}  // namespace zvonok::net
