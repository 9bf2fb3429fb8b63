#include "net/connection.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "net/loop.hpp"

namespace zvonok::net {
namespace {

using Kind = IoResult::Kind;

// A client that sends without a break gives way to the others after this many reads of a buffer each.
constexpr int kReadsPerTurn = 4;

}  // namespace

Connection::Connection(Context& context, Stream stream, const base::IpAddress& peer, AddressLease lease)
    : context_(context), stream_(std::move(stream)), peer_(peer), lease_(std::move(lease)) {}

Connection::~Connection() = default;

void Connection::count_in(std::size_t& open) {
  open_count_ = &open;
  ++open;
}

void Connection::start(std::unique_ptr<Stage> stage) {
  self_ = shared_from_this();
  stage_ = std::move(stage);
  if (is_tls()) {
    phase_ = Phase::kHandshake;
    shake_hands();
  } else {
    wait_readable();
  }
}

void Connection::become(std::unique_ptr<Stage> stage) {
  retired_stage_ = std::exchange(stage_, std::move(stage));
  want_end_of_turn();
}

void Connection::wait_readable() {
  if (std::exchange(waiting_readable_, true)) return;
  stream_.socket().async_wait(Socket::wait_read,
                              [self = shared_from_this()](const boost::system::error_code& error) {
                                self->waiting_readable_ = false;
                                if (!error) self->on_readable();
                              });
}

void Connection::wait_writable() {
  if (std::exchange(waiting_writable_, true)) return;
  stream_.socket().async_wait(Socket::wait_write,
                              [self = shared_from_this()](const boost::system::error_code& error) {
                                self->waiting_writable_ = false;
                                if (!error) self->on_writable();
                              });
}

void Connection::on_readable() {
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kHandshake) return shake_hands();
  if (std::exchange(write_waits_readable_, false)) flush();
  if (phase_ == Phase::kClosed) return;
  if (reading_paused_ && phase_ == Phase::kOpen) return;  // resume_reading asks again
  read_some();
}

void Connection::on_writable() {
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kHandshake) return shake_hands();
  flush();
  if (std::exchange(read_waits_writable_, false)) on_readable();
}

void Connection::shake_hands() {
  switch (stream_.handshake().kind) {
    case Kind::kWaitReadable:
      return wait_readable();
    case Kind::kWaitWritable:
      return wait_writable();
    case Kind::kDone:
      phase_ = Phase::kOpen;
      return read_some();
    default:
      return lost();
  }
}

void Connection::read_some() {
  const auto buffer = context_.loop.read_buffer();
  for (int reads = 0; reads < kReadsPerTurn || stream_.has_buffered_input(); ++reads) {
    const IoResult result = stream_.read(buffer);
    if (result.kind == Kind::kError) return lost();
    if (result.kind == Kind::kEnd) return peer_ended();
    if (result.kind == Kind::kWaitWritable) {
      read_waits_writable_ = true;
      return wait_writable();
    }
    if (result.kind == Kind::kWaitReadable) break;
    if (phase_ == Phase::kOpen) {
      stage_->on_bytes(buffer.first(result.bytes));
    } else {
      discard(result.bytes);
    }
    if (phase_ == Phase::kClosed || (reading_paused_ && phase_ == Phase::kOpen)) return;
    // A short read of a plain socket has emptied it: asking once more would be a system call for nothing.
    if (!is_tls() && result.bytes < buffer.size()) break;
  }
  wait_readable();
}

void Connection::peer_ended() {
  peer_has_ended_ = true;
  if (phase_ == Phase::kOpen) return stage_->on_end();
  if (phase_ == Phase::kLingering) return lost();
}

void Connection::discard(std::size_t bytes) {
  discarded_ += static_cast<std::uint32_t>(bytes);
  if (discarded_ > context_.limits.linger_bytes) abort();
}

void Connection::resume_reading() {
  if (!std::exchange(reading_paused_, false)) return;
  if (phase_ != Phase::kOpen) return;
  // Through the loop, so that a stage that resumes in the middle of its own work is not entered again.
  if (stream_.has_buffered_input()) {
    boost::asio::post(context_.loop.io(), [self = shared_from_this()] { self->on_readable(); });
  } else {
    wait_readable();
  }
}

void Connection::queue(std::string_view bytes) {
  queue_parts({&bytes, 1});
}

void Connection::queue_parts(std::span<const std::string_view> parts) {
  if (phase_ == Phase::kLingering || phase_ == Phase::kClosed) return;
  if (!out_) out_ = context_.loop.take_buffer();
  for (const auto part : parts) out_->append(part);
  want_end_of_turn();
}

void Connection::want_end_of_turn() {
  if (std::exchange(end_of_turn_wanted_, true)) return;
  context_.loop.at_end_of_turn(shared_from_this());
}

void Connection::end_turn() {
  end_of_turn_wanted_ = false;
  retired_stage_.reset();
  if (phase_ == Phase::kOpen) stage_->on_end_of_turn();
  if (!waiting_writable_) flush();
}

void Connection::flush() {
  if (phase_ == Phase::kClosed) return;
  while (queued() > 0) {
    const IoResult result = stream_.write(std::span<const char>(*out_).subspan(out_sent_));
    if (result.kind == Kind::kError || result.kind == Kind::kEnd) return lost();
    if (result.kind == Kind::kWaitWritable) return wait_writable();
    if (result.kind == Kind::kWaitReadable) {
      write_waits_readable_ = true;
      return wait_readable();
    }
    out_sent_ += result.bytes;
    forget_sent();
  }
  if (!out_) return phase_ == Phase::kFlushing ? linger() : void();
  context_.loop.give_back(std::move(out_));
  out_sent_ = 0;
  if (phase_ == Phase::kFlushing) return linger();
  if (phase_ == Phase::kOpen) stage_->on_flushed();
}

// A reader that is slow but steady leaves something waiting at all times: what has left must not stay.
void Connection::forget_sent() {
  constexpr std::size_t kWorthMoving = 65'536;
  if (out_sent_ < kWorthMoving || out_sent_ < out_->size() / 2) return;
  out_->erase(0, out_sent_);
  out_sent_ = 0;
}

void Connection::finish() {
  if (phase_ != Phase::kOpen) return;
  phase_ = Phase::kFlushing;
  set_deadline(context_.loop.now() + context_.limits.close_handshake);
  reading_paused_ = false;
  if (!peer_has_ended_) wait_readable();
  want_end_of_turn();
}

void Connection::linger() {
  phase_ = Phase::kLingering;
  stream_.shut_down_sending();
  if (peer_has_ended_) return lost();
  set_deadline(context_.loop.now() + context_.limits.linger);
}

void Connection::abort() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  stream_.reset();
  lost();
}

void Connection::lost() {
  phase_ = Phase::kClosed;
  OpenListHook::unlink();
  if (open_count_ != nullptr) --*std::exchange(open_count_, nullptr);
  set_deadline(base::kNever);
  stream_.close();
  lease_.release();
  out_.reset();
  out_sent_ = 0;
  if (stage_) stage_->on_lost();
  // The stage may be what called us; and a handler that still holds us must find no stage to enter.
  retired_stage_ = std::move(stage_);
  want_end_of_turn();
  self_.reset();
}

void Connection::set_deadline(base::MonoTime deadline) {
  context_.loop.schedule(*this, deadline);
}

void Connection::on_timer(base::MonoTime now) {
  const auto self = shared_from_this();
  if (phase_ == Phase::kHandshake || phase_ == Phase::kFlushing || phase_ == Phase::kLingering)
    return abort();
  if (phase_ != Phase::kClosed) stage_->on_timer(now);
}

void Connection::drain() {
  if (phase_ == Phase::kHandshake) return abort();
  if (phase_ == Phase::kOpen) stage_->on_drain();
}

}  // namespace zvonok::net
