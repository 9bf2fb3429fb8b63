// The event loop and what its connections share: one read buffer, one timer wheel, spare write buffers, and
// the list of those that have something to send at the end of this turn. Everything in here runs on one
// thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "net/timer_wheel.hpp"

namespace zvonok::net {

class Connection;

class Loop {
 public:
  Loop();
  boost::asio::io_context& io() { return io_; }
  void run() { io_.run(); }
  void stop() { io_.stop(); }

  /// The time now.
  base::MonoTime now() const;

  /// Read into it and be done with it before returning to the loop. kReadablePadding bytes are readable
  /// behind it.
  std::span<char> read_buffer() { return {read_buffer_.get(), kReadBytes}; }

  void schedule(TimerNode& node, base::MonoTime deadline);

  /// Runs `Connection::end_turn` once the handlers that are ready now have run: what they queue for one
  /// client leaves in one system call.
  void at_end_of_turn(std::shared_ptr<Connection> connection);
  /// Also called at the end of each turn in which something was at_end_of_turn.
  void set_after_turn(std::function<void()> after_turn) { after_turn_ = std::move(after_turn); }

  /// Write buffers come from a small stock, so that a busy connection does not allocate and an idle one holds
  /// none.
  std::unique_ptr<std::string> take_buffer();
  void give_back(std::unique_ptr<std::string> buffer);

 private:
  void end_turn();
  void arm();

  // 64 KiB: a burst of hundreds of messages in one read; one buffer for the whole loop.
  static constexpr std::size_t kReadBytes = 65'536;

  boost::asio::io_context io_;
  boost::asio::steady_timer timer_;
  TimerWheel wheel_;
  std::unique_ptr<char[]> read_buffer_;
  std::vector<std::shared_ptr<Connection>> dirty_;   // end with this turn
  std::vector<std::shared_ptr<Connection>> ending_;  // empty, but while end_turn runs
  std::vector<std::unique_ptr<std::string>> spare_buffers_;
  std::function<void()> after_turn_;
  base::MonoTime armed_for_ = base::kNever;
  bool end_turn_posted_ = false;
};

}  // namespace zvonok::net
