#include "net/http_stage.hpp"

#include <utility>

#include "http/client_address.hpp"
#include "http/upgrade.hpp"
#include "net/clock.hpp"
#include "net/loop.hpp"
#include "net/refused_token.hpp"
#include "net/request_head.hpp"
#include "net/request_parser.hpp"
#include "net/response_text.hpp"
#include "net/ws_stage.hpp"

namespace zvonok::net {
namespace {

// A handler that has not answered by then is given up (503). What takes longest is a token that waits for its
// key: five seconds.
constexpr base::Duration kReplyTimeout{6'000};

// So many WebSockets are no single person who tries things out.
constexpr std::size_t kUsersOfOneMachine = 50;

constexpr std::string_view kHeadEnd = "\r\n\r\n";

}  // namespace

HttpStage::HttpStage(Connection& connection, const HttpHandler& handler, WebSockets websockets)
    : connection_(connection), handler_(handler), websockets_(websockets) {
  await(Phase::kHead, connection_.context().limits.request_head);
}

HttpStage::~HttpStage() = default;

void HttpStage::await(Phase phase, base::Duration timeout) {
  phase_ = phase;
  connection_.set_deadline(connection_.context().loop.now() + timeout);
}

void HttpStage::on_bytes(std::span<char> bytes) {
  input_.append(bytes.data(), bytes.size());
  if (phase_ == Phase::kReplying) {
    // A client may pipeline, but not without end: what is read ahead is bounded by one read of the loop.
    connection_.pause_reading();
    return;
  }
  work();
}

void HttpStage::work() {
  while (phase_ != Phase::kReplying && phase_ != Phase::kOver) {
    if (phase_ == Phase::kIdle) {
      if (connection_.queued() > 0) return connection_.pause_reading();
      if (input_.empty()) return;
      await(Phase::kHead, connection_.context().limits.request_head);
    }
    if (phase_ == Phase::kHead && !read_head()) return;
    if (phase_ == Phase::kBody && !read_body()) return;
  }
}

// True once the head is there and good.
bool HttpStage::read_head() {
  const auto& limits = connection_.context().limits;
  // Some clients end a body with a line end that is not part of it (RFC 9112 section 2.2).
  if (!blank_line_skipped_ && input_.starts_with("\r\n")) {
    blank_line_skipped_ = true;
    input_.erase(0, 2);
    looked_at_ = 0;
  }
  const auto end = input_.find(kHeadEnd, looked_at_ < kHeadEnd.size() ? 0 : looked_at_ - kHeadEnd.size());
  const bool whole = end != std::string::npos;
  const auto head = std::string_view(input_).substr(0, whole ? end + kHeadEnd.size() : input_.size());
  // Behind the limit nothing is judged, or the verdict would hang on how the bytes were cut.
  const auto judged = head.substr(0, limits.header_bytes);
  if (const auto error = check_partial_head(judged, looked_at_)) return fail(*error), false;
  if (head.size() > limits.header_bytes) return fail(http::Error::kHeadTooLarge), false;
  looked_at_ = head.size();
  if (!whole) return false;
  if (const auto error = check_head(head.substr(0, end + 2), limits.header_count)) return fail(*error), false;

  connection_.lease().request_arrived();
  parser_ = std::make_unique<RequestParser>(limits);
  if (const auto error = parser_->take_head(head)) return fail(*error), false;
  input_.erase(0, head.size());
  looked_at_ = 0;
  blank_line_skipped_ = false;
  keep_alive_ = parser_->keeps_alive();
  request_ = parser_->head();
  if (!parser_->is_done() && input_.empty() && keep_alive_ &&
      http::equal_ignoring_case(request_.header("Expect"), "100-continue")) {
    connection_.queue("HTTP/1.1 100 Continue\r\n\r\n");  // RFC 9110 section 10.1.1
  }
  await(Phase::kBody, limits.request_body);
  return true;
}

// True once the whole request has been read and is being answered.
bool HttpStage::read_body() {
  if (const auto error = parser_->take_body(input_)) return fail(*error), false;
  if (!parser_->is_done()) return false;
  request_.body = parser_->release_body();
  parser_.reset();
  dispatch();
  return true;
}

void HttpStage::dispatch() {
  auto& context = connection_.context();
  request_.peer = connection_.peer();
  request_.tls = connection_.is_tls();
  client_ = http::client_address(request_, context.trusted_proxies);
  notice_silent_proxy();
  await(Phase::kReplying, kReplyTimeout);
  ++requests_;
  if (websockets_ == WebSockets::kAccepted && http::wants_upgrade(request_)) return upgrade();
  handler_(request_,
           [weak = connection_.weak_from_this(), this, number = requests_](const http::Response& response) {
             const auto alive = weak.lock();
             if (alive && !alive->ending() && phase_ == Phase::kReplying && number == requests_)
               reply(response);
           });
}

std::optional<http::Error> HttpStage::reason_to_refuse_upgrade() {
  auto& context = connection_.context();
  if (context.draining) return http::Error::kDraining;
  if (context.full) return http::Error::kOverloaded;
  if (client_ == connection_.peer()) return std::nullopt;  // it was counted when it was accepted
  const auto verdict = context.addresses.admit(client_, context.loop.now(), connection_.lease());
  connection_.lease().request_arrived();
  return verdict == AddressTable::Verdict::kAdmitted ? std::nullopt
                                                     : std::optional(http::Error::kTooManyConnections);
}

void HttpStage::upgrade() {
  auto checked = http::check_upgrade(request_, connection_.context().upgrades);
  if (!checked) return fail(checked.error());
  if (const auto error = reason_to_refuse_upgrade()) return fail(*error);
  // Nothing is read while the token is looked at: what the client sends early waits.
  connection_.pause_reading();
  const std::string token = checked->token;
  connection_.context().verifier.verify(token, wall_now(),
                                        [weak = connection_.weak_from_this(), this,
                                         upgrade = *std::move(checked)](const ports::TokenVerdict& verdict) {
                                          const auto alive = weak.lock();
                                          if (alive && !alive->ending() && phase_ == Phase::kReplying)
                                            on_verdict(upgrade, verdict);
                                        });
}

void HttpStage::on_verdict(const http::Upgrade& upgrade, const ports::TokenVerdict& verdict) {
  // Its token may have waited for a key: those who were connected meanwhile have been told by now.
  if (connection_.context().draining) return fail(http::Error::kDraining);
  if (verdict) return open_websocket(upgrade, *verdict);
  refuse_token(upgrade, verdict.error());
}

void HttpStage::switch_protocols(const http::Upgrade& upgrade) {
  connection_.context().metrics.add(ports::Counter::kHttpRequests, 0);
  connection_.queue(switching_protocols_text(upgrade.key, upgrade.subprotocol));
}

// Browsers cannot read the status of a refused upgrade, but they can read a close code: so 101, then 4001.
void HttpStage::refuse_token(const http::Upgrade& upgrade, const ports::TokenRefusal& refusal) {
  auto& context = connection_.context();
  if (!note_refused_token(context, client_, refusal)) return fail(http::Error::kTooManyBadTokens);
  context.metrics.add(ports::Counter::kClosed,
                      static_cast<std::size_t>(protocol::CloseReason::kUnauthorized));
  switch_protocols(upgrade);
  connection_.queue(protocol::close_frame(protocol::code(protocol::CloseReason::kUnauthorized),
                                          protocol::reason(protocol::CloseReason::kUnauthorized)));
  phase_ = Phase::kOver;
  connection_.finish();
}

void HttpStage::open_websocket(const http::Upgrade& upgrade, const ports::Identity& identity) {
  notice_untrusted_proxy();
  switch_protocols(upgrade);
  phase_ = Phase::kOver;
  std::string early = std::move(input_);
  early.reserve(early.size() + protocol::kReadablePadding);
  auto stage = std::make_unique<WsStage>(connection_);
  WsStage& websocket = *stage;
  connection_.become(std::move(stage));  // from here on `this` is kept alive only until it returns
  connection_.resume_reading();
  websocket.open(identity);
  if (!early.empty()) websocket.on_bytes(early);
}

// Behind a proxy that we do not know of, all users have one address, and limits by address would hit
// everybody or nobody.
void HttpStage::notice_untrusted_proxy() {
  auto& context = connection_.context();
  if (context.untrusted_proxy_told || !client_.is_loopback() || context.websockets < kUsersOfOneMachine)
    return;
  context.untrusted_proxy_told = true;
  context.log.write(
      ports::LogLevel::kWarn,
      "many users come from one loopback address: if a proxy runs on this machine, set trusted_proxies to it "
      "and let it send X-Forwarded-For, so that limits by address count the users");
}

// A trusted proxy is counted by no limit, so that without the client's address nobody behind it is.
void HttpStage::notice_silent_proxy() {
  auto& context = connection_.context();
  if (context.silent_proxy_told || !http::wants_upgrade(request_) || client_ != connection_.peer() ||
      !http::is_in(context.trusted_proxies, client_))
    return;
  context.silent_proxy_told = true;
  context.log.write(
      ports::LogLevel::kWarn,
      "a trusted proxy does not say who its client is: let it send X-Forwarded-For, or no limit by "
      "address holds for its clients");
}

void HttpStage::reply(const http::Response& response) {
  auto& context = connection_.context();
  context.metrics.add(ports::Counter::kHttpRequests, response.status / 100 - 1);
  const bool keep = keep_alive_ && !context.draining && !peer_has_ended_;
  const auto send_body = request_.method == "HEAD" ? SendBody::kNo : SendBody::kYes;
  connection_.queue(response_text(response, keep ? KeepAlive::kYes : KeepAlive::kNo, send_body, wall_now()));
  request_ = {};
  if (!keep) {
    phase_ = Phase::kOver;
    return connection_.finish();
  }
  await(Phase::kIdle, context.limits.keep_alive);
}

// A client that asks and does not read is not asked what else it wants: one reply leaves before the next is
// made.
void HttpStage::on_flushed() {
  if (phase_ != Phase::kIdle) return;
  connection_.resume_reading();
  work();
}

void HttpStage::fail(http::Error error) {
  keep_alive_ = false;
  reply(http::error_response(error));
}

void HttpStage::on_end() {
  peer_has_ended_ = true;
  if (phase_ == Phase::kReplying) return;  // half-closed: it still waits for its answer
  phase_ = Phase::kOver;
  connection_.finish();
}

void HttpStage::on_timer(base::MonoTime /*now*/) {
  if (phase_ == Phase::kReplying) return fail(http::Error::kTimeout);
  // Who has sent nothing gets nothing: a load balancer's probe, or a browser's spare connection.
  if (phase_ == Phase::kIdle || (phase_ == Phase::kHead && input_.empty())) {
    phase_ = Phase::kOver;
    return connection_.finish();
  }
  fail(http::Error::kRequestTimeout);
}

void HttpStage::on_drain() {
  if (phase_ == Phase::kReplying) return;
  phase_ = Phase::kOver;
  connection_.finish();
}

}  // namespace zvonok::net
