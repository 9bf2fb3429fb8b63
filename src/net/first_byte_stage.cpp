#include "net/first_byte_stage.hpp"

#include <utility>

#include "net/loop.hpp"

namespace zvonok::net {

FirstByteStage::FirstByteStage(Connection& connection, MakeStage http, MakeStage turn)
    : connection_(connection), http_(std::move(http)), turn_(std::move(turn)) {
  connection_.set_deadline(connection_.context().loop.now() + connection_.context().limits.request_head);
}

void FirstByteStage::on_bytes(std::span<char> bytes) {
  constexpr unsigned char kStunMax = 3;
  const bool stun = static_cast<unsigned char>(bytes.front()) <= kStunMax;
  auto stage = stun ? turn_() : http_();
  if (!stage) return connection_.finish();
  Stage& next = *stage;
  connection_.become(std::move(stage));  // from here on `this` is kept alive only until it returns
  next.on_bytes(bytes);
}

}  // namespace zvonok::net
