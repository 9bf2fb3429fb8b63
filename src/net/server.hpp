// The server's network side as a whole: its listeners, its connections, and its end.
#pragma once

#include <boost/intrusive/list.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/admission.hpp"
#include "net/connection.hpp"
#include "net/context.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace zvonok::net {

struct ServerSettings {
  ConnectionLimits limits;
  AddressLimits addresses;
  http::UpgradePolicy upgrades;
  std::vector<base::IpRange> trusted_proxies;
  LogAddresses log_addresses;
  std::size_t connections_max;  // at nine tenths of it new ones are answered 503
  base::Duration drain_max{10'000};
  /// Of a relay on this machine, which TURN over TLS is passed to; none: the port speaks HTTP only.
  std::optional<unsigned short> turn_port{};
};

/// Where to listen. Each host as the operator wrote it: "" is every address, else an address or a name.
struct ListenAt {
  std::vector<std::string> hosts;
  unsigned short port;
};

/// One loop's thread, but for what is said otherwise.
class Server {
 public:
  Server(Loop& loop, hub::Hub& hub, ports::TokenVerifier& verifier, ports::LogSink& log,
         ports::MetricsSink& metrics, ServerSettings settings);
  ~Server();

  /// New connections speak TLS with this identity from now on.
  void set_tls(std::optional<TlsIdentity> identity) { tls_ = std::move(identity); }

  /// The public port: `handler` answers requests, and WebSockets are accepted at /ws. A machine without IPv6
  /// listens at what is left; any other failure is an error that names the address.
  base::Result<void, std::string> listen(const ListenAt& at, HttpHandler handler);
  /// A plain listener for the operator; no WebSockets, no limits by address.
  base::Result<void, std::string> listen_admin(const ListenAt& at, HttpHandler handler);
  void start();

  /// Refuses what is new, ends every call, closes every connection once its queue has left, and calls
  /// `drained`.
  void drain(std::function<void()> drained);

  bool draining() const { return context_.draining; }
  /// Counts a refused token against whoever sent the request, and logs it; false: that address has tried too
  /// many.
  /// By whom limits count a request: the client's address, or nobody if that is exempt from them.
  std::optional<base::IpAddress> limited_client(const http::Request& request) const;
  bool note_refused_token(const http::Request& request, const ports::TokenRefusal& refusal);
  void report_gauges();

 private:
  struct HubTimer;
  using Connections = boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

  base::Result<void, std::string> listen_all(const ListenAt& at, const Listener::OnAccept& on_accept);
  void accept_client(Socket socket, const boost::asio::ip::tcp::endpoint& peer);
  std::unique_ptr<Stage> first_stage(Connection& connection);
  void accept_admin(Socket socket, const boost::asio::ip::tcp::endpoint& peer);
  void after_turn();
  void finish_drain();
  /// Descriptors that clients have taken: a stream to the relay needs a second one.
  std::size_t taken() const { return open_ + context_.turn_streams; }

  // Given to us.
  Loop& loop_;
  const ServerSettings settings_;
  // Ours.
  AddressTable addresses_;
  Context context_;
  HttpHandler handler_, admin_handler_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::optional<TlsIdentity> tls_;
  std::unique_ptr<HubTimer> hub_timer_;
  // State.
  Connections connections_;
  std::size_t open_ = 0, admin_open_ = 0;
  std::function<void()> drained_;
  std::optional<boost::asio::steady_timer> drain_timer_;
};

}  // namespace zvonok::net
