#include "net/server.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <utility>

#include "http/client_address.hpp"
#include "net/clock.hpp"
#include "net/first_byte_stage.hpp"
#include "net/http_stage.hpp"
#include "net/refused_token.hpp"
#include "net/turn_stage.hpp"

namespace zvonok::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ports::AcceptOutcome;

// Connections over the limit that are kept just long enough to be told 503.
constexpr std::size_t kRefusedAtOnceMax = 64;
// A few scrapers and a person; they come out of the descriptors that are kept in reserve.
constexpr std::size_t kAdminConnectionsMax = 16;

base::IpAddress to_address(const asio::ip::address& address) {
  return address.is_v4() ? base::IpAddress::from_v4(address.to_v4().to_bytes())
                         : base::IpAddress::from_v6(address.to_v6().to_bytes());
}

std::string_view without_brackets(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') return host.substr(1, host.size() - 2);
  return host;
}

// A machine without IPv6 says so in one of these ways.
bool means_no_ipv6(const boost::system::error_code& error) {
  return error == asio::error::address_family_not_supported ||
         error == boost::system::errc::address_not_available;
}

struct Place {
  tcp::endpoint endpoint;
  bool every_address;  // without IPv6: every address of IPv4
};

std::string listen_error(const Place& place, const boost::system::error_code& error) {
  const auto port = std::to_string(place.endpoint.port());
  const auto host = place.every_address ? "any address" : place.endpoint.address().to_string();
  if (error == asio::error::address_in_use) {
    return "port " + port + " on " + host +
           " is already in use: stop the other server, or choose another port";
  }
  if (error == asio::error::access_denied) {
    return "port " + port +
           " needs a right that this process lacks: choose a port from 1024 on, or grant "
           "CAP_NET_BIND_SERVICE";
  }
  return "cannot listen on port " + port + " of " + host + ": " + error.message();
}

base::Result<std::vector<Place>, std::string> resolve(const ListenAt& at, tcp::resolver& resolver) {
  std::vector<Place> places;
  for (const auto& host : at.hosts) {
    if (host.empty()) {
      places.push_back({tcp::endpoint(tcp::v6(), at.port), true});
      continue;
    }
    boost::system::error_code error;
    const auto name = std::string(without_brackets(host));
    const auto found = resolver.resolve(name, std::to_string(at.port), tcp::resolver::passive, error);
    if (found.empty())
      return base::Unexpected{"host \"" + host + "\" is no address of this machine: " + error.message()};
    for (const auto& entry : found) {
      if (std::ranges::find(places, entry.endpoint(), &Place::endpoint) == places.end())
        places.push_back({entry.endpoint(), false});
    }
  }
  return places;
}

}  // namespace

// The hub's next deadline on the loop's wheel.
struct Server::HubTimer : TimerNode {
  HubTimer(Loop& its_loop, hub::Hub& its_hub) : loop(its_loop), hub(its_hub) {}
  void on_timer(base::MonoTime now) override {
    scheduled_for = base::kNever;
    hub.on_time(now);
    look();
  }
  void look() {
    const auto deadline = hub.next_deadline();
    if (deadline == scheduled_for) return;
    scheduled_for = deadline;
    loop.schedule(*this, deadline);
  }
  Loop& loop;
  hub::Hub& hub;
  base::MonoTime scheduled_for = base::kNever;
};

Server::Server(Loop& loop, hub::Hub& hub, ports::TokenVerifier& verifier, ports::LogSink& log,
               ports::MetricsSink& metrics, ServerSettings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      addresses_(settings_.addresses),
      context_{.loop = loop,
               .hub = hub,
               .addresses = addresses_,
               .verifier = verifier,
               .log = log,
               .metrics = metrics,
               .limits = settings_.limits,
               .upgrades = settings_.upgrades,
               .trusted_proxies = settings_.trusted_proxies,
               .peer_names = PeerNames(settings_.log_addresses)},
      hub_timer_(std::make_unique<HubTimer>(loop, hub)) {
  loop_.set_after_turn([this] { after_turn(); });
}

// Connections hold references into this object, and handlers of the loop hold connections: none may be left.
Server::~Server() {
  for (auto next = connections_.begin(); next != connections_.end();) (next++)->abort();
  for (const auto& listener : listeners_) listener->stop();
  drain_timer_.reset();
  loop_.io().restart();
  while (loop_.io().poll() > 0) {
  }
}

base::Result<void, std::string> Server::listen_all(const ListenAt& at, const Listener::OnAccept& on_accept) {
  tcp::resolver resolver(loop_.io());
  const auto places = resolve(at, resolver);
  if (!places) return base::Unexpected{places.error()};
  std::size_t listening = 0;
  bool lacks_ipv6 = false;
  std::string problem;
  for (const auto& place : *places) {
    auto listener = std::make_unique<Listener>(loop_, context_.log, context_.metrics, on_accept);
    auto result = listener->listen(place.endpoint);
    if (!result && place.endpoint.address().is_v6() && means_no_ipv6(result.error())) {
      lacks_ipv6 = true;
      if (place.every_address) result = listener->listen(tcp::endpoint(tcp::v4(), at.port));
    }
    if (result) {
      listeners_.push_back(std::move(listener));
      ++listening;
      continue;
    }
    problem = listen_error(place, result.error());
    if (!means_no_ipv6(result.error())) return base::Unexpected{problem};
  }
  if (listening == 0) return base::Unexpected{problem};
  if (lacks_ipv6)
    context_.log.write(ports::LogLevel::kInfo, "no IPv6 on this machine, listening on IPv4 only");
  return {};
}

base::Result<void, std::string> Server::listen(const ListenAt& at, HttpHandler handler) {
  handler_ = std::move(handler);
  return listen_all(
      at, [this](Socket socket, const tcp::endpoint& peer) { accept_client(std::move(socket), peer); });
}

base::Result<void, std::string> Server::listen_admin(const ListenAt& at, HttpHandler handler) {
  admin_handler_ = std::move(handler);
  return listen_all(
      at, [this](Socket socket, const tcp::endpoint& peer) { accept_admin(std::move(socket), peer); });
}

void Server::start() {
  for (const auto& listener : listeners_) listener->start();
}

void Server::accept_client(Socket socket, const tcp::endpoint& peer) {
  const auto count = [this](AcceptOutcome outcome) {
    context_.metrics.add(ports::Counter::kConnections, static_cast<std::size_t>(outcome));
  };
  const auto address = to_address(peer.address());
  const bool from_proxy = http::is_in(settings_.trusted_proxies, address);
  // Beyond this not even a refusal is answered: what is left of the descriptors is for those who are here.
  if (taken() >= settings_.connections_max + kRefusedAtOnceMax) return count(AcceptOutcome::kFull);
  AddressLease lease;
  if (!from_proxy) {
    const auto verdict = addresses_.admit(address, loop_.now(), lease);
    if (verdict != AddressTable::Verdict::kAdmitted)
      return count(verdict == AddressTable::Verdict::kTooMany ? AcceptOutcome::kAddressFull
                                                              : AcceptOutcome::kAddressTooFast);
  }
  count(AcceptOutcome::kAccepted);
  Stream stream(std::move(socket), tls_ ? tls_->context() : nullptr);
  const auto connection =
      std::make_shared<Connection>(context_, std::move(stream), address, std::move(lease));
  connections_.push_back(*connection);
  connection->count_in(open_);
  context_.full = taken() >= settings_.connections_max - settings_.connections_max / 10;
  connection->start(first_stage(*connection));
}

std::unique_ptr<Stage> Server::first_stage(Connection& connection) {
  const auto http = [this, &connection]() -> std::unique_ptr<Stage> {
    return std::make_unique<HttpStage>(connection, handler_, HttpStage::WebSockets::kAccepted);
  };
  if (!connection.is_tls() || !settings_.turn_port) return http();
  const auto turn = [this, &connection]() -> std::unique_ptr<Stage> {
    // They need no token. Whoever opens them without end must not be able to keep out those who have one.
    if (context_.full || 2 * context_.turn_streams >= settings_.connections_max / 2) return nullptr;
    return std::make_unique<TurnStage>(connection, *settings_.turn_port);
  };
  return std::make_unique<FirstByteStage>(connection, http, turn);
}

void Server::accept_admin(Socket socket, const tcp::endpoint& peer) {
  if (admin_open_ >= kAdminConnectionsMax) return;
  const auto connection = std::make_shared<Connection>(context_, Stream(std::move(socket), nullptr),
                                                       to_address(peer.address()), AddressLease());
  connections_.push_back(*connection);
  connection->count_in(admin_open_);
  connection->start(
      std::make_unique<HttpStage>(*connection, admin_handler_, HttpStage::WebSockets::kRefused));
}

void Server::after_turn() {
  hub_timer_->look();
  if (context_.full) context_.full = taken() >= settings_.connections_max - settings_.connections_max / 10;
  if (drained_ && connections_.empty()) finish_drain();
}

void Server::drain(std::function<void()> drained) {
  context_.draining = true;
  drained_ = std::move(drained);
  for (const auto& listener : listeners_) listener->stop();
  context_.hub.shut_down(loop_.now());
  for (auto next = connections_.begin(); next != connections_.end();) (next++)->drain();
  drain_timer_.emplace(loop_.io(), settings_.drain_max);
  drain_timer_->async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) finish_drain();
  });
  if (connections_.empty()) finish_drain();
}

void Server::finish_drain() {
  drain_timer_.reset();
  if (const auto drained = std::exchange(drained_, nullptr)) drained();
}

std::optional<base::IpAddress> Server::limited_client(const http::Request& request) const {
  const auto client = http::client_address(request, context_.trusted_proxies);
  return http::is_in(settings_.addresses.exempt, client) ? std::nullopt : std::optional(client);
}

bool Server::note_refused_token(const http::Request& request, const ports::TokenRefusal& refusal) {
  return net::note_refused_token(context_, http::client_address(request, context_.trusted_proxies), refusal);
}

void Server::report_gauges() {
  context_.hub.report_gauges();
  context_.metrics.set(ports::Gauge::kConnectionsOpen, static_cast<std::int64_t>(open_));
  context_.metrics.set(ports::Gauge::kWebSocketsOpen, static_cast<std::int64_t>(context_.websockets));
  context_.metrics.set(ports::Gauge::kTurnStreams, static_cast<std::int64_t>(context_.turn_streams));
}

}  // namespace zvonok::net
