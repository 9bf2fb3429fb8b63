// TURN over TLS on our port: what a client sends goes on to the relay on this machine, over TCP, and back. We
// end the TLS and understand nothing of the rest; how long a client may be idle is the relay's affair.
#pragma once

#include <memory>
#include <string>

#include "net/connection.hpp"
#include "net/stage.hpp"

namespace zvonok::net {

class TurnStage final : public Stage {
 public:
  /// The relay listens on that port of 127.0.0.1.
  TurnStage(Connection& connection, unsigned short port);
  ~TurnStage() override;

  void on_bytes(std::span<char> bytes) override;
  void on_end() override;
  void on_lost() override;
  void on_timer(base::MonoTime now) override;
  void on_flushed() override;
  void on_drain() override;

 private:
  struct Relay;

  void connected();
  void write_to_relay();
  void read_from_relay();
  void wait_for_relay();
  void relay_lost();

  Connection& connection_;
  std::shared_ptr<Relay> relay_;  // shared with the handlers that wait for it
  std::string to_relay_;          // at most what one read of the client brought
  bool client_has_ended_ = false;
  std::size_t stalled_at_ = 0;  // bytes that wait for a client that takes nothing; 0: it does
  base::MonoTime stalled_since_{};
};

}  // namespace zvonok::net
