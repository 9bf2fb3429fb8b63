// As much of STUN and TURN (RFC 8489, RFC 8656) as it takes to ask a relay of ours for an allocation, to see
// whether it works.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zvonok::turn {

using TransactionId = std::array<std::uint8_t, 12>;

enum class Method : std::uint16_t { kAllocate = 0x003, kRefresh = 0x004 };
enum class AddressFamily : std::uint8_t { kIpv4 = 1, kIpv6 = 2 };

inline constexpr std::size_t kStunHeaderBytes = 20;

/// Long-term credentials and what the server has asked them to be used with (RFC 8489 section 9.2).
struct LongTerm {
  std::string username, password, realm, nonce;
};

/// A request for a UDP relay of that family. `login` null: the first try, which the server answers with realm
/// and nonce.
std::string allocate_request(const TransactionId& id, AddressFamily family, const LongTerm* login);
/// Gives an allocation back.
std::string release_request(const TransactionId& id, const LongTerm& login);

struct StunResponse {
  bool success = false;
  unsigned error = 0;  // 300 to 699; 0 in a success
  std::string realm, nonce;
};

/// Nothing: it is no response to that transaction. Message integrity is not looked at: who answers on this
/// machine's loopback in our place has won already.
std::optional<StunResponse> read_response(std::string_view bytes, const TransactionId& id);

/// How long the message is whose header stands first in a stream; nothing: no STUN message.
std::optional<std::size_t> message_size(std::string_view header);

}  // namespace zvonok::turn
