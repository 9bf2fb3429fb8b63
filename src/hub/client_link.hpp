// The hub's end of a client's connection: implemented by src/net.
#pragma once

#include "protocol/outgoing.hpp"
#include "protocol/wire.gen.hpp"

namespace zvonok::hub {

/// Neither function calls back into the hub before it returns: the hub is in the middle of a step.
class ClientLink {
 public:
  /// Queues a text message, behind what was queued before; what `text` views is copied.
  virtual void send(const protocol::OutgoingText& text) = 0;
  /// Closes once what is queued has left. The hub hears `Hub::close` for it later, unless it has let go of
  /// the session.
  virtual void close(protocol::CloseReason reason) = 0;

 protected:
  ~ClientLink() = default;
};

}  // namespace zvonok::hub
