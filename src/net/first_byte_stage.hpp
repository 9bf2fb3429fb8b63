// A TLS connection that has not said yet what it is: HTTP, or TURN over TLS on the same port. Clients of TURN
// send no ALPN, or one of their own, so only the first decrypted byte tells them apart: that of a STUN
// message is 0 to 3 (RFC 7983 section 7), and no HTTP request begins with such a byte.
#pragma once

#include <functional>
#include <memory>

#include "net/connection.hpp"
#include "net/stage.hpp"

namespace zvonok::net {

class FirstByteStage final : public Stage {
 public:
  using MakeStage = std::function<std::unique_ptr<Stage>()>;
  /// Ends a connection that says nothing within limits.request_head, or for which a stage is refused (null).
  FirstByteStage(Connection& connection, MakeStage http, MakeStage turn);

  void on_bytes(std::span<char> bytes) override;
  void on_end() override { connection_.finish(); }
  void on_lost() override {}
  void on_timer(base::MonoTime /*now*/) override { connection_.finish(); }
  void on_drain() override { connection_.finish(); }

 private:
  Connection& connection_;
  const MakeStage http_, turn_;
};

}  // namespace zvonok::net
