// The wire as C++ tables: events, close codes and limits.
// Derived from protocol/protocol.json by tools/protogen.py; do not edit.
// clang-format off
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace zvonok::protocol {

/// What a message is about.
enum class Event : std::uint8_t {
  kOffer,  // Rings the user named in the payload; inside a call with that user it is a renegotiation.
  kAnswer,  // Accepts a ring (the first device that answers wins) or answers a renegotiation.
  kIce,  // A candidate for the other party, from the offer on, in both directions.
  kHangup,  // Ends the call: cancels a ring, declines it, or hangs up.
};

inline constexpr std::array<std::string_view, 4> kEventNames{{
    "call:offer",
    "call:answer",
    "call:ice",
    "call:hangup",
}};

/// The event's name on the wire.
constexpr std::string_view name(Event event) { return kEventNames[static_cast<std::size_t>(event)]; }

/// Why the server closes a WebSocket. Two reasons may share a code.
enum class CloseReason : std::uint8_t {
  kNormal,  // 1000: the answer to a close frame
  kProtocolError,  // 1002: a frame that RFC 6455 forbids
  kInvalidUtf8,  // 1007: a text message that is not UTF-8
  kPolicy,  // 1008: too many invalid messages, fragments or control frames
  kTooLarge,  // 1009: a message over limits.message_bytes
  kRestarting,  // 1012: the server stops or restarts
  kUnauthorized,  // 4001: the token was refused
  kTokenExpired,  // 4001: the token has expired and the device is in no call
  kSessionEnded,  // 4010: the session of its token was ended: by a logout, or because a refresh token came twice
  kTooSlow,  // 4008: the client does not read: its queue is full
  kTooMany,  // 4029: too many devices of one user, or a flood that lasted a minute
};

struct CloseInfo {
  std::uint16_t code;
  std::string_view reason;
};

inline constexpr std::array<CloseInfo, 11> kCloseReasons{{
    {1000, ""},
    {1002, "protocol error"},
    {1007, "not UTF-8"},
    {1008, "policy"},
    {1009, "too large"},
    {1012, "restarting"},
    {4001, "Unauthorized"},
    {4001, "token expired"},
    {4010, "session ended"},
    {4008, "too slow"},
    {4029, "too many"},
}};

/// The status code of the close frame (RFC 6455 section 7.4).
constexpr std::uint16_t code(CloseReason why) { return kCloseReasons[static_cast<std::size_t>(why)].code; }

/// The text of the close frame.
constexpr std::string_view reason(CloseReason why) { return kCloseReasons[static_cast<std::size_t>(why)].reason; }

/// What is bounded. Setting `limits.<name>` unless fixed.
enum class Limit : std::uint8_t {
  kMessageBytes,  // largest message
  kMessageFragments,  // frames of one message
  kMessageProgressS,  // time for a message from its first byte to its last
  kJsonDepth,  // nesting of a message
  kPayloadKeys,  // fields of a payload at its top level
  kUserIdBytes,  // length of a user id
  kEventBytes,  // length of an event's name
  kTokenBytes,  // length of a token
  kHeaderBytes,  // head of an HTTP request
  kHeaderCount,  // header lines of a request
  kBodyBytes,  // body of an HTTP request
  kRequestHeadS,  // from the connection, or its first byte of a later request, to a full request head (and for the TLS handshake)
  kRequestBodyS,  // for a request's body
  kKeepAliveS,  // an idle HTTP connection is kept
  kCloseHandshakeS,  // for what is queued and our close frame to leave; then the connection is reset
  kLingerS,  // wait for the end of the client after ours, throwing away what it still sends
  kLingerBytes,  // thrown away while lingering
  kQueueBytes,  // bytes waiting for one client
  kMessagesBurst,  // messages of one connection at once
  kMessagesPerS,  // messages of one connection after the burst: read slower, nothing is lost
  kThrottledMaxS,  // a connection is held back without a break before it is closed
  kControlBurst,  // pings and pongs of one connection at once
  kControlPerS,  // pings and pongs after the burst
  kInvalidPerMin,  // ignored messages of one connection
  kOffersBurst,  // new calls of one user at once
  kOffersPerMin,  // new calls of one user after the burst
  kPairBurst,  // rings of one user by one other at once
  kPairPerMin,  // rings of one user by one other after the burst
  kPairPerH,  // rings of one user by one other in an hour
  kDevicesPerUser,  // connections of one user
  kCandidatesKept,  // candidates kept for a device that joins a ring later, and of a rung device until it answers
  kCandidateBytes,  // candidates of one party before the answer, all together; more are dropped
  kConnections,  // all connections; 0: what the limit of open files leaves, less 256
  kAddressConnections,  // connections from one address (IPv6: one /64)
  kAddressNewBurst,  // new connections from one address at once
  kAddressNewPerS,  // new connections from one address after the burst
  kAddressUnauthenticated,  // connections from one address that have not sent a whole request yet
  kAddressBadTokensPerMin,  // refused tokens of one address; then 429 to further refused ones
};

/// One limit. A fixed one cannot be configured: its min, max and default are equal.
struct LimitInfo {
  std::string_view name, unit;
  std::int64_t default_value, min, max;
  bool fixed;
  std::string_view about, reason;
};

inline constexpr std::array<LimitInfo, 38> kLimits{{
    {"message_bytes", "bytes", 262144, 1024, 16777216, false, "largest message", "An SDP has 2-10 KB, the largest seen 60 KB; higher lets one client hold more memory."},
    {"message_fragments", "frames", 1024, 1, 65536, false, "frames of one message", "Browsers send one, iOS one per 4 KB."},
    {"message_progress_s", "seconds", 20, 1, 600, false, "time for a message from its first byte to its last", "A half frame that never ends would hold memory for ever."},
    {"json_depth", "levels", 128, 128, 128, true, "nesting of a message", "Some parsers of peers overflow their stack at a few thousand."},
    {"payload_keys", "keys", 256, 16, 65536, false, "fields of a payload at its top level", "Real payloads have fewer than ten."},
    {"user_id_bytes", "bytes", 512, 512, 512, true, "length of a user id", "Ids are keys of maps and go out with each offer."},
    {"event_bytes", "bytes", 32, 32, 32, true, "length of an event's name", "The longest one has 11; later versions' are longer."},
    {"token_bytes", "bytes", 8192, 8192, 8192, true, "length of a token", "Identity providers with many claims reach 4-6 KB."},
    {"header_bytes", "bytes", 16384, 1024, 262144, false, "head of an HTTP request", "Node's own limit, so that long tokens keep working."},
    {"header_count", "headers", 100, 16, 1000, false, "header lines of a request", "Browsers behind two proxies send under 40."},
    {"body_bytes", "bytes", 65536, 1024, 16777216, false, "body of an HTTP request", "The API takes short JSON only."},
    {"request_head_s", "seconds", 10, 1, 600, false, "from the connection, or its first byte of a later request, to a full request head (and for the TLS handshake)", "Slow and silent clients hold a descriptor."},
    {"request_body_s", "seconds", 10, 1, 600, false, "for a request's body", "A body that drips holds a descriptor, as a slow head does."},
    {"keep_alive_s", "seconds", 15, 1, 600, false, "an idle HTTP connection is kept", "Longer saves a handshake and costs a descriptor."},
    {"close_handshake_s", "seconds", 3, 1, 60, false, "for what is queued and our close frame to leave; then the connection is reset", "A client that never reads must not hold the socket."},
    {"linger_s", "seconds", 2, 0, 60, false, "wait for the end of the client after ours, throwing away what it still sends", "Closing with unread bytes makes the kernel send a reset, which overtakes the close frame: the client would see 1006."},
    {"linger_bytes", "bytes", 1048576, 0, 67108864, false, "thrown away while lingering", "A client that goes on sending for ever must not hold the socket."},
    {"queue_bytes", "bytes", 1048576, 65536, 67108864, false, "bytes waiting for one client", "A client that does not read must not fill the memory; 1,000 candidates must fit."},
    {"messages_burst", "messages", 2000, 10, 1000000, false, "messages of one connection at once", "Candidates come in bursts; a thousand each way must pass."},
    {"messages_per_s", "messages/s", 100, 1, 1000000, false, "messages of one connection after the burst: read slower, nothing is lost", "A call needs fewer than ten."},
    {"throttled_max_s", "seconds", 60, 1, 3600, false, "a connection is held back without a break before it is closed", "Who floods for a minute does not want to call."},
    {"control_burst", "frames", 50, 10, 100000, false, "pings and pongs of one connection at once", "Each ping costs an answer."},
    {"control_per_s", "frames/s", 10, 1, 100000, false, "pings and pongs after the burst", "Clients ping every few seconds at most."},
    {"invalid_per_min", "messages/min", 1000, 10, 1000000, false, "ignored messages of one connection", "The original ignores junk without end; a thousand a minute is no accident."},
    {"offers_burst", "offers", 10, 1, 1000000, false, "new calls of one user at once", "Ring bombing."},
    {"offers_per_min", "offers/min", 20, 1, 1000000, false, "new calls of one user after the burst", "Nobody dials more often by hand."},
    {"pair_burst", "offers", 6, 1, 1000000, false, "rings of one user by one other at once", "Harassment: six rings are enough to say that it is urgent."},
    {"pair_per_min", "offers/min", 6, 1, 1000000, false, "rings of one user by one other after the burst", "One call every ten seconds to the same person is persistence enough."},
    {"pair_per_h", "offers/h", 30, 1, 1000000, false, "rings of one user by one other in an hour", "Bounds what a patient caller can do to one person."},
    {"devices_per_user", "devices", 16, 1, 1024, false, "connections of one user", "A person has a handful; more are tabs that were forgotten."},
    {"candidates_kept", "candidates", 64, 1, 1024, false, "candidates kept for a device that joins a ring later, and of a rung device until it answers", "A browser makes 5-20."},
    {"candidate_bytes", "bytes", 131072, 4096, 262144, false, "candidates of one party before the answer, all together; more are dropped", "A call has 5-20 KB of them. Higher lets a stranger fill the queue of whoever he rings, and the memory."},
    {"connections", "connections", 0, 0, 10000000, false, "all connections; 0: what the limit of open files leaves, less 256", "At nine tenths of it new ones are answered 503, so that running calls do not suffer."},
    {"address_connections", "connections", 1000, 1, 10000000, false, "connections from one address (IPv6: one /64)", "An office behind one NAT has hundreds."},
    {"address_new_burst", "connections", 1000, 1, 10000000, false, "new connections from one address at once", "After a restart an office comes back at once."},
    {"address_new_per_s", "connections/s", 50, 1, 1000000, false, "new connections from one address after the burst", "A NAT of hundreds reconnects within seconds; a flood is faster."},
    {"address_unauthenticated", "connections", 200, 1, 10000000, false, "connections from one address that have not sent a whole request yet", "Slow and silent clients; who has sent one is counted by address_connections alone."},
    {"address_bad_tokens_per_min", "tokens/min", 300, 1, 10000000, false, "refused tokens of one address; then 429 to further refused ones", "Guessing; a valid token is always let in."},
}};

constexpr const LimitInfo& info(Limit limit) { return kLimits[static_cast<std::size_t>(limit)]; }

}  // namespace zvonok::protocol
