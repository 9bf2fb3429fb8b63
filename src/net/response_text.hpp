// What is written for a reply: a status line, headers, a body (RFC 9112 section 4); and for an accepted
// WebSocket.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/request.hpp"

namespace zvonok::net {

enum class KeepAlive : bool { kNo, kYes };
enum class SendBody : bool { kNo, kYes };

std::string response_text(const http::Response& response, KeepAlive keep_alive, SendBody send_body,
                          base::WallTime now);

/// The 101 that accepts an upgrade (RFC 6455 section 4.2.2).
std::string switching_protocols_text(std::string_view key, const std::optional<std::string>& subprotocol);

}  // namespace zvonok::net
