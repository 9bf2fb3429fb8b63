// A connection that speaks HTTP/1.1: one request after another, until it is closed or becomes a WebSocket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/error.hpp"
#include "http/request.hpp"
#include "net/connection.hpp"
#include "net/context.hpp"
#include "net/stage.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::net {

class RequestParser;

class HttpStage final : public Stage {
 public:
  enum class WebSockets : bool { kRefused, kAccepted };
  /// `handler` answers what is no upgrade. Both references outlive the stage.
  HttpStage(Connection& connection, const HttpHandler& handler, WebSockets websockets);
  ~HttpStage() override;

  void on_bytes(std::span<char> bytes) override;
  void on_end() override;
  void on_lost() override {}
  void on_timer(base::MonoTime now) override;
  void on_flushed() override;
  void on_drain() override;

 private:
  enum class Phase : std::uint8_t { kIdle, kHead, kBody, kReplying, kOver };

  void work();
  bool read_head();
  bool read_body();
  void dispatch();
  void upgrade();
  void on_verdict(const http::Upgrade& upgrade, const ports::TokenVerdict& verdict);
  void switch_protocols(const http::Upgrade& upgrade);
  void refuse_token(const http::Upgrade& upgrade, const ports::TokenRefusal& refusal);
  void open_websocket(const http::Upgrade& upgrade, const ports::Identity& identity);
  void notice_untrusted_proxy();
  void notice_silent_proxy();
  void reply(const http::Response& response);
  void fail(http::Error error);
  void await(Phase phase, base::Duration timeout);
  std::optional<http::Error> reason_to_refuse_upgrade();

  Connection& connection_;
  const HttpHandler& handler_;
  const WebSockets websockets_;
  std::string input_;
  std::size_t looked_at_ = 0;  // of `input_`, while the head is incomplete
  bool blank_line_skipped_ = false;
  std::unique_ptr<RequestParser> parser_;
  http::Request request_;
  base::IpAddress client_;  // of the request: a proxy's client, or the peer
  Phase phase_ = Phase::kHead;
  bool keep_alive_ = false;
  bool peer_has_ended_ = false;
  std::uint32_t requests_ = 0;  // a late reply to a request that was given up must not answer the next one
};

}  // namespace zvonok::net
