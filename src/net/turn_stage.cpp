#include "net/turn_stage.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/loop.hpp"
#include "net/stream.hpp"

namespace zvonok::net {
namespace {

// So much waits for a client before the relay has to wait, too: some tenths of a second of video. Whoever
// reads nothing can make us hold it without a login.
constexpr std::size_t kToClientMax = 65'536;
// A relay that lives answers the first message at once, and ends a stream that brings none after a minute.
constexpr base::Duration kFirstAnswerMax = base::seconds(90);
// For a client that is sent something and takes nothing of it; then we do not look at the relay either, which
// may have ended the stream long ago.
constexpr base::Duration kStallMax = base::seconds(30);
// How often it is looked at whether the kernel has taken some of it.
constexpr base::Duration kStallLookEvery = base::seconds(5);

}  // namespace

struct TurnStage::Relay {
  explicit Relay(boost::asio::io_context& io) : socket(io.get_executor()) {}
  Socket socket;
  TurnStage* stage = nullptr;  // null once it is gone
  bool is_connected = false;
  bool waiting_readable = false;
  bool waiting_writable = false;
};

TurnStage::TurnStage(Connection& connection, unsigned short port)
    : connection_(connection), relay_(std::make_shared<Relay>(connection.context().loop.io())) {
  connection_.set_deadline(connection_.context().loop.now() + kFirstAnswerMax);
  ++connection_.context().turn_streams;
  relay_->stage = this;
  const boost::asio::ip::tcp::endpoint at(boost::asio::ip::address_v4::loopback(), port);
  relay_->socket.async_connect(at, [relay = relay_](const boost::system::error_code& error) {
    if (relay->stage == nullptr) return;
    error ? relay->stage->relay_lost() : relay->stage->connected();
  });
}

TurnStage::~TurnStage() {
  on_lost();
}

void TurnStage::on_bytes(std::span<char> bytes) {
  to_relay_.append(bytes.data(), bytes.size());
  write_to_relay();
}

void TurnStage::on_end() {
  client_has_ended_ = true;
  write_to_relay();
}

void TurnStage::on_lost() {
  if (!relay_) return;
  --connection_.context().turn_streams;
  relay_->stage = nullptr;
  boost::system::error_code ignored;
  relay_->socket.close(ignored);
  relay_.reset();
}

// The relay ends with us, and what it carries.
void TurnStage::on_drain() {
  relay_lost();
}

void TurnStage::on_timer(base::MonoTime now) {
  if (stalled_at_ == 0) return relay_lost();
  // A slow client has taken some of it.
  if (connection_.queued() < std::exchange(stalled_at_, connection_.queued())) stalled_since_ = now;
  if (now >= stalled_since_ + kStallMax) return relay_lost();
  connection_.set_deadline(now + kStallLookEvery);
}

void TurnStage::on_flushed() {
  if (std::exchange(stalled_at_, 0) != 0) connection_.set_deadline(base::kNever);
  if (relay_ && relay_->is_connected) wait_for_relay();
}

void TurnStage::connected() {
  relay_->is_connected = true;
  boost::system::error_code ignored;  // without these options it still works, only slower
  relay_->socket.non_blocking(true, ignored);
  relay_->socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  wait_for_relay();
  write_to_relay();
}

void TurnStage::write_to_relay() {
  if (!relay_) return;
  const bool can_write = relay_->is_connected && !relay_->waiting_writable;
  while (can_write && !to_relay_.empty()) {
    const auto sent =
        ::send(relay_->socket.native_handle(), to_relay_.data(), to_relay_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return relay_lost();
    if (sent < 0) break;
    to_relay_.erase(0, static_cast<std::size_t>(sent));
  }
  if (to_relay_.empty()) {
    if (client_has_ended_ && relay_->is_connected) ::shutdown(relay_->socket.native_handle(), SHUT_WR);
    return connection_.resume_reading();
  }
  connection_.pause_reading();
  if (!can_write) return;  // it goes on when that is over
  relay_->waiting_writable = true;
  relay_->socket.async_wait(Socket::wait_write, [relay = relay_](const boost::system::error_code& error) {
    relay->waiting_writable = false;
    if (!error && relay->stage != nullptr) relay->stage->write_to_relay();
  });
}

void TurnStage::wait_for_relay() {
  if (connection_.queued() >= kToClientMax) {
    stalled_at_ = connection_.queued();
    stalled_since_ = connection_.context().loop.now();
    return connection_.set_deadline(stalled_since_ + kStallLookEvery);
  }
  if (std::exchange(relay_->waiting_readable, true)) return;
  relay_->socket.async_wait(Socket::wait_read, [relay = relay_](const boost::system::error_code& error) {
    relay->waiting_readable = false;
    if (!error && relay->stage != nullptr) relay->stage->read_from_relay();
  });
}

void TurnStage::read_from_relay() {
  const auto buffer = connection_.context().loop.read_buffer();
  const auto got = ::recv(relay_->socket.native_handle(), buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait_for_relay();
  if (got <= 0) return relay_lost();
  connection_.lease().request_arrived();  // the relay has found it worth an answer
  connection_.set_deadline(base::kNever);
  connection_.queue({buffer.data(), static_cast<std::size_t>(got)});
  wait_for_relay();
}

void TurnStage::relay_lost() {
  on_lost();
  connection_.finish();
}

}  // namespace zvonok::net
