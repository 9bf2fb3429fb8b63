// One connection: moves bytes between a socket and a stage, bounds what waits to be sent, and ends properly.
//
// Ending takes three forms. `finish` sends what is queued, then FIN, and then reads and throws away for a
// while: closing a socket with unread bytes makes the kernel send a reset, which overtakes what we have just
// sent. `abort` resets. A peer's end or a broken socket is told to the stage, which decides.
#pragma once

#include <boost/intrusive/list_hook.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/ip_address.hpp"
#include "base/time.hpp"
#include "net/admission.hpp"
#include "net/context.hpp"
#include "net/stage.hpp"
#include "net/stream.hpp"
#include "net/timer_wheel.hpp"

namespace zvonok::net {

/// Its place in the server's list of open connections.
using OpenListHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class Connection final : public std::enable_shared_from_this<Connection>,
                         public TimerNode,
                         public OpenListHook {
 public:
  Connection(Context& context, Stream stream, const base::IpAddress& peer, AddressLease lease);
  ~Connection() override;

  /// Begins with the TLS handshake if there is one. `stage` gets the first bytes.
  void start(std::unique_ptr<Stage> stage);
  /// Puts another stage in place; the present one lives on until it has returned.
  void become(std::unique_ptr<Stage> stage);

  // For the stage.
  /// Queues bytes; they leave at the end of this turn. How much may wait is the stage's to decide (`queued`).
  void queue(std::string_view bytes);
  void queue_parts(std::span<const std::string_view> parts);
  std::size_t queued() const { return out_ ? out_->size() - out_sent_ : 0; }
  /// The bytes of memory that hold them.
  std::size_t held() const { return out_ ? out_->size() : 0; }
  /// Asks for `Stage::on_end_of_turn`.
  void want_end_of_turn();
  void pause_reading() { reading_paused_ = true; }
  void resume_reading();
  /// The stage's next timeout; kNever for none.
  void set_deadline(base::MonoTime deadline);
  void finish();
  void abort();
  bool ending() const { return phase_ != Phase::kOpen && phase_ != Phase::kHandshake; }

  Context& context() { return context_; }
  const base::IpAddress& peer() const { return peer_; }
  bool is_tls() const { return stream_.is_tls(); }
  bool has_unread_input() { return stream_.has_unread_input(); }
  AddressLease& lease() { return lease_; }

  // For the loop and the server.
  /// Counts itself in `open` as long as its socket is open.
  void count_in(std::size_t& open);
  void end_turn();
  void on_timer(base::MonoTime now) override;
  void drain();

 private:
  enum class Phase : std::uint8_t {
    kHandshake,  // TLS
    kOpen,
    kFlushing,   // finish() was called; what is queued leaves
    kLingering,  // FIN is sent; what still comes is thrown away
    kClosed,
  };
  void wait_readable();
  void wait_writable();
  void on_readable();
  void on_writable();
  void shake_hands();
  void read_some();
  void peer_ended();
  void discard(std::size_t bytes);
  void flush();
  void forget_sent();
  void linger();
  void lost();

  // Given to us.
  Context& context_;
  Stream stream_;
  const base::IpAddress peer_;
  AddressLease lease_;
  std::size_t* open_count_ = nullptr;
  // State.
  std::shared_ptr<Connection> self_;  // while it is open: also a paused one, for which no handler waits
  std::unique_ptr<Stage> stage_, retired_stage_;
  std::unique_ptr<std::string> out_;
  std::size_t out_sent_ = 0;  // bytes of `out_` that have left
  std::uint32_t discarded_ = 0;
  Phase phase_ = Phase::kOpen;
  bool reading_paused_ = false;
  bool peer_has_ended_ = false;
  bool waiting_readable_ = false;
  bool waiting_writable_ = false;
  // TLS may have to write before it can read on, and the other way round.
  bool read_waits_writable_ = false;
  bool write_waits_readable_ = false;
  bool end_of_turn_wanted_ = false;
};

}  // namespace zvonok::net
