#include "net/loop.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "net/clock.hpp"
#include "net/connection.hpp"
#include "protocol/frame.hpp"

namespace zvonok::net {
namespace {

constexpr std::size_t kSpareBuffersMax = 64;          // more would be memory held for a rare storm
constexpr std::size_t kSpareBufferBytesMax = 65'536;  // a buffer that grew for one slow reader is not kept

}  // namespace

Loop::Loop()
    : io_(1),
      timer_(io_),
      wheel_(mono_now()),
      read_buffer_(new char[kReadBytes + protocol::kReadablePadding]()) {}

base::MonoTime Loop::now() const {
  return mono_now();
}

void Loop::schedule(TimerNode& node, base::MonoTime deadline) {
  wheel_.schedule(node, deadline);
  if (deadline == base::kNever) return;
  // The wheel rounds up: by then it is due for certain.
  if (const auto due = deadline + TimerWheel::kTick; due < armed_for_) {
    armed_for_ = due;
    arm();
  }
}

void Loop::arm() {
  const auto since_epoch =
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(armed_for_.time_since_epoch());
  timer_.expires_at(std::chrono::steady_clock::time_point(since_epoch));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_for_ = base::kNever;
    wheel_.expire(mono_now());
    const auto next = wheel_.next_wakeup();
    if (next == base::kNever || next >= armed_for_) return;
    armed_for_ = next;
    arm();
  });
}

void Loop::at_end_of_turn(std::shared_ptr<Connection> connection) {
  dirty_.push_back(std::move(connection));
  if (std::exchange(end_turn_posted_, true)) return;
  boost::asio::post(io_, [this] { end_turn(); });
}

void Loop::end_turn() {
  // Ending one may give it, or others, something more to send. That is for the next turn: else who sends
  // requests ahead would keep the loop in this one.
  end_turn_posted_ = false;
  ending_.swap(dirty_);
  for (auto& entry : ending_) {
    const auto connection = std::move(entry);
    connection->end_turn();
  }
  ending_.clear();
  if (after_turn_) after_turn_();
}

std::unique_ptr<std::string> Loop::take_buffer() {
  if (spare_buffers_.empty()) return std::make_unique<std::string>();
  auto buffer = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return buffer;
}

void Loop::give_back(std::unique_ptr<std::string> buffer) {
  if (spare_buffers_.size() >= kSpareBuffersMax || buffer->capacity() > kSpareBufferBytesMax) return;
  buffer->clear();
  spare_buffers_.push_back(std::move(buffer));
}

}  // namespace zvonok::net
