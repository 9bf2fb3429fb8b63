#include "net/ws_stage.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/clock.hpp"
#include "net/loop.hpp"

namespace zvonok::net {
namespace {

using Kind = protocol::FrameItem::Kind;

// A token's end is a wall-clock time; looking again this often notices a clock that was set.
constexpr base::Duration kExpiryLookMax = base::minutes(10);

}  // namespace

WsStage::WsStage(Connection& connection)
    : connection_(connection),
      session_(*this),
      last_heard_(connection.context().loop.now()),
      last_ping_(last_heard_) {
  ++connection_.context().websockets;
}

WsStage::~WsStage() {
  --connection_.context().websockets;
}

void WsStage::open(const ports::Identity& identity) {
  if (identity.expires_at) token_expires_at_ = *identity.expires_at;
  connection_.set_deadline(next_deadline(last_heard_));
  connection_.context().hub.open(session_, identity, last_heard_);
}

void WsStage::on_bytes(std::span<char> bytes) {
  auto& context = connection_.context();
  const auto now = context.loop.now();
  last_heard_ = now;
  context.metrics.add(ports::Counter::kBytesIn, 0, bytes.size());
  take_frames(bytes, now);
  connection_.want_end_of_turn();
}

void WsStage::take_frames(std::span<char> input, base::MonoTime now) {
  const auto& limits = connection_.context().limits;
  while (!closing_) {
    const protocol::FrameItem item = decoder_.next(input, limits.frames);
    if (item.kind == Kind::kNeedMore) break;
    if (!take(item, now)) return;
    if (paused_until_ != base::kNever && !closing_) return hold_back(input, paused_until_);
  }
  if (!decoder_.in_progress()) {
    message_began_ = base::kNever;
  } else if (message_began_ == base::kNever) {
    message_began_ = now;
    connection_.set_deadline(next_deadline(now));
  }
}

bool WsStage::take(const protocol::FrameItem& item, base::MonoTime now) {
  auto& context = connection_.context();
  switch (item.kind) {
    case Kind::kText:
    case Kind::kBinary: {
      message_began_ = base::kNever;
      const auto pause = context.hub.message(session_, item.payload, now);
      if (pause > base::Duration{0}) paused_until_ = now + pause;
      return true;
    }
    case Kind::kPing:
    case Kind::kPong:
      if (!control_frames_.try_take(context.limits.control_frames, now)) {
        close(protocol::CloseReason::kPolicy);
        return false;
      }
      if (item.kind == Kind::kPing) send_control(protocol::kOpcodePong, item.payload);
      return true;
    case Kind::kClose:
      answer_close(item, now);
      return false;
    case Kind::kError:
      close(item.error);
      return false;
    case Kind::kNeedMore:
      return false;
  }
  return false;
}

// What has been read and may not be looked at yet is kept; the client's next bytes stay in the kernel, whose
// window tells the client to wait.
void WsStage::hold_back(std::span<char> rest, base::MonoTime until) {
  connection_.pause_reading();
  auto kept = std::make_unique<std::string>();
  kept->reserve(rest.size() + protocol::kReadablePadding);
  kept->append(rest.data(), rest.size());
  held_back_ = std::move(kept);
  connection_.set_deadline(std::min(until, next_deadline(connection_.context().loop.now())));
}

void WsStage::go_on(base::MonoTime now) {
  paused_until_ = base::kNever;
  last_heard_ = now;  // while we did not listen, silence says nothing
  const auto held = std::exchange(held_back_, nullptr);
  if (held && !held->empty()) take_frames(*held, now);
  if (paused_until_ == base::kNever && !closing_) connection_.resume_reading();
  connection_.want_end_of_turn();
}

void WsStage::answer_close(const protocol::FrameItem& item, base::MonoTime now) {
  closing_ = true;
  connection_.queue(protocol::close_frame(item.close_code, {}));
  connection_.context().hub.close(session_, now);
  connection_.finish();
}

void WsStage::send(const protocol::OutgoingText& text) {
  if (closing_ || connection_.ending()) return;
  auto& context = connection_.context();
  const std::size_t size = text.size();
  if (connection_.queued() + size > context.limits.queue_bytes) return close(protocol::CloseReason::kTooSlow);
  std::array<char, protocol::kServerHeaderMax> header{};
  const auto header_size = protocol::write_frame_header(protocol::kOpcodeText, size, header.data());
  std::array<std::string_view, 1 + std::tuple_size_v<decltype(text.parts)>> parts;
  parts[0] = {header.data(), header_size};
  std::ranges::copy(text.parts, parts.begin() + 1);
  connection_.queue_parts(parts);
  context.metrics.add(ports::Counter::kBytesOut, 0, header_size + size);
}

void WsStage::send_control(std::uint8_t opcode, std::string_view payload) {
  if (connection_.queued() + payload.size() > connection_.context().limits.queue_bytes)
    return close(protocol::CloseReason::kTooSlow);
  std::array<char, protocol::kServerHeaderMax> header{};
  connection_.queue({header.data(), protocol::write_frame_header(opcode, payload.size(), header.data())});
  connection_.queue(payload);
}

// May be called in the middle of a step of the hub: the hub hears of it at the end of this turn.
void WsStage::close(protocol::CloseReason reason) {
  if (std::exchange(closing_, true)) return;
  auto& context = connection_.context();
  context.metrics.add(ports::Counter::kClosed, static_cast<std::size_t>(reason));
  if (context.log.enabled(ports::LogLevel::kDebug)) {
    context.log.write(ports::LogLevel::kDebug, "websocket closed by us",
                      {{"code", std::int64_t{protocol::code(reason)}},
                       {"reason", protocol::reason(reason)},
                       {"peer", peer_name()}});
  }
  connection_.queue(protocol::close_frame(protocol::code(reason), protocol::reason(reason)));
}

std::string WsStage::peer_name() const {
  return connection_.context().peer_names.name(connection_.peer());
}

void WsStage::on_end_of_turn() {
  if (!closing_) return;
  connection_.context().hub.close(session_, connection_.context().loop.now());
  connection_.finish();
}

void WsStage::on_end() {
  closing_ = true;
  connection_.context().hub.close(session_, connection_.context().loop.now());
  connection_.finish();
}

void WsStage::on_lost() {
  closing_ = true;
  connection_.context().hub.close(session_, connection_.context().loop.now());
}

void WsStage::on_timer(base::MonoTime now) {
  auto& context = connection_.context();
  if (paused_until_ <= now) go_on(now);
  if (message_began_ != base::kNever && now - message_began_ >= context.limits.message_progress) {
    close(protocol::CloseReason::kPolicy);
  }
  if (token_expires_at_ <= wall_now()) {
    token_expires_at_ = base::WallTime::max();
    context.hub.token_expired(session_);
  }
  if (!closing_) check_liveness(now);
  if (!connection_.ending()) connection_.set_deadline(next_deadline(now));
  connection_.want_end_of_turn();
}

// Dead is who was asked and has not answered. Silence alone proves nothing: it may be we who have slept
// (SIGSTOP, a suspended machine), and then nobody was asked, or the answer lies in the socket, unread.
void WsStage::check_liveness(base::MonoTime now) {
  const auto& limits = connection_.context().limits;
  if (paused_until_ != base::kNever) return;
  if (ping_is_unanswered()) {
    if (now < given_up_at()) return;
    if (connection_.has_unread_input()) {
      last_heard_ = now;
      return;
    }
    connection_.context().log.write(ports::LogLevel::kDebug, "websocket does not answer, given up",
                                    {{"peer", peer_name()}});
    return connection_.abort();
  }
  if (now - last_heard_ < limits.ping_after) return;
  last_ping_ = now;
  send_control(protocol::kOpcodePing, {});
}

base::MonoTime WsStage::given_up_at() const {
  const auto& limits = connection_.context().limits;
  return std::max(last_heard_ + limits.dead_after, last_ping_ + (limits.dead_after - limits.ping_after));
}

base::MonoTime WsStage::next_deadline(base::MonoTime now) const {
  const auto& limits = connection_.context().limits;
  // An answer to the ping makes the next one due after another interval, so it is looked at by then.
  auto deadline = ping_is_unanswered() ? std::min(given_up_at(), last_ping_ + limits.ping_after)
                                       : last_heard_ + limits.ping_after;
  if (deadline <= now) deadline = ping_is_unanswered() ? given_up_at() : now;
  if (paused_until_ != base::kNever) deadline = paused_until_;
  if (message_began_ != base::kNever) deadline = std::min(deadline, message_began_ + limits.message_progress);
  if (token_expires_at_ != base::WallTime::max()) {
    const auto left = std::clamp(token_expires_at_ - wall_now(), base::Duration{0}, kExpiryLookMax);
    deadline = std::min(deadline, now + left);
  }
  return deadline;
}

void WsStage::on_drain() {
  close(protocol::CloseReason::kRestarting);
  connection_.want_end_of_turn();
}

}  // namespace zvonok::net
