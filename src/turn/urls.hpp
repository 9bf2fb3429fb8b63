// The URLs of STUN and TURN servers (RFC 7064, RFC 7065), in the form that no browser refuses: one bad entry
// makes `new RTCPeerConnection` throw, and no call starts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zvonok::turn {

/// A name of the DNS in ASCII, or an IPv4 address.
bool is_host_name(std::string_view text);

/// What is wrong with a URL that an operator wrote, as the end of "must be …"; empty: nothing.
std::string_view url_problem(std::string_view url);

/// Where a relay of ours is reached.
struct RelayAddress {
  std::string host;             // a name, or an address without brackets
  unsigned short port;          // UDP and TCP
  unsigned short tls_port = 0;  // 0: none
};

/// stun, turn over UDP, turn over TCP and, with a TLS port, turns.
std::vector<std::string> urls_of(const RelayAddress& relay);

}  // namespace zvonok::turn
