// What a connection is at the moment: an HTTP conversation, a WebSocket, a stream to the relay. The
// connection moves bytes, the stage knows what they mean.
#pragma once

#include <span>

#include "base/time.hpp"

namespace zvonok::net {

class Stage {
 public:
  virtual ~Stage() = default;

  /// Bytes that have arrived. They may be changed in place, are readable for kReadablePadding bytes behind
  /// their end, and are gone when the call returns.
  virtual void on_bytes(std::span<char> bytes) = 0;
  /// The peer has ended its direction; nothing more will come.
  virtual void on_end() = 0;
  /// The connection is gone: the last call that a stage gets.
  virtual void on_lost() = 0;
  virtual void on_timer(base::MonoTime now) = 0;
  /// Once per turn of the loop in which something was queued or asked for, before the queue is flushed.
  virtual void on_end_of_turn() {}
  /// All that was queued has left.
  virtual void on_flushed() {}
  /// The server is going to stop.
  virtual void on_drain() = 0;
};

}  // namespace zvonok::net
