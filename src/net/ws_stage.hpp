// A connection that is a WebSocket: frames to messages for the hub, messages of the hub to frames, pings,
// timeouts, closing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/token_bucket.hpp"
#include "hub/client_link.hpp"
#include "hub/session.hpp"
#include "net/connection.hpp"
#include "net/stage.hpp"
#include "ports/token_verifier.hpp"
#include "protocol/frame.hpp"

namespace zvonok::net {

class WsStage final : public Stage, public hub::ClientLink {
 public:
  explicit WsStage(Connection& connection);
  ~WsStage() override;

  /// Registers with the hub; what the hub sends at once goes out behind the 101 that is queued already.
  void open(const ports::Identity& identity);

  // Stage.
  void on_bytes(std::span<char> bytes) override;
  void on_end() override;
  void on_lost() override;
  void on_timer(base::MonoTime now) override;
  void on_end_of_turn() override;
  void on_drain() override;

  // ClientLink.
  void send(const protocol::OutgoingText& text) override;
  void close(protocol::CloseReason reason) override;

 private:
  void take_frames(std::span<char> input, base::MonoTime now);
  /// Returns false when no further frame is to be read now.
  bool take(const protocol::FrameItem& item, base::MonoTime now);
  void hold_back(std::span<char> rest, base::MonoTime until);
  void go_on(base::MonoTime now);
  void answer_close(const protocol::FrameItem& item, base::MonoTime now);
  void check_liveness(base::MonoTime now);
  bool ping_is_unanswered() const { return last_ping_ > last_heard_; }
  base::MonoTime given_up_at() const;
  std::string peer_name() const;
  void send_control(std::uint8_t opcode, std::string_view payload);
  base::MonoTime next_deadline(base::MonoTime now) const;

  Connection& connection_;
  hub::Session session_;
  protocol::FrameDecoder decoder_;
  base::TokenBucket control_frames_;
  base::MonoTime last_heard_;
  base::MonoTime last_ping_;                     // or the beginning
  base::MonoTime message_began_ = base::kNever;  // one that is incomplete
  base::MonoTime paused_until_ = base::kNever;   // kNever: not paused
  base::WallTime token_expires_at_ = base::WallTime::max();
  std::unique_ptr<std::string> held_back_;  // read already, but over the rate
  bool closing_ = false;                    // a close frame of ours is queued: nothing more is read or sent
};

}  // namespace zvonok::net
