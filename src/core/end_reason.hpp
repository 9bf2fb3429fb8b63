// Why a call ended: the words of the protocol, in the order of protocol/protocol.json (tools/protogen.py
// compares).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace zvonok::core {

enum class EndReason : std::uint8_t {
  kHangup,
  kCancelled,
  kDeclined,
  kBusy,
  kNoAnswer,
  kUnreachable,
  kConnectionLost,
  kServerShutdown,
};

inline constexpr std::array<std::string_view, 8> kEndReasonNames{
    "hangup",    "cancelled",   "declined",        "busy",
    "no_answer", "unreachable", "connection_lost", "server_shutdown",
};

constexpr std::string_view name(EndReason reason) {
  return kEndReasonNames[static_cast<std::size_t>(reason)];
}

}  // namespace zvonok::core
