// Fuzzes a whole HTTP conversation, the WebSocket that it may become included. The first byte chooses how the
// rest is cut into pieces; the rest is what the client sends.
// Invariants: whatever is sent is answered in well-formed HTTP, and behind a 101 in well-formed frames; a
// response that says so, and every one to a request that could not be read, is the last; a client that ends
// is not kept; and the answer is the same however the bytes were cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "net/http_session_test_support.hpp"
#include "protocol/utf8.hpp"

namespace {

using namespace zvonok;

// Some requests sent ahead and a few frames fit; longer inputs find nothing more.
constexpr std::size_t kInputMax = 8 * 1'024;

std::string_view take(std::string_view& text, std::size_t size) {
  ZVONOK_ASSERT(text.size() >= size);
  const auto taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  ZVONOK_ASSERT(end != text.npos);
  const auto line = take(text, end);
  (void)take(text, 2);  // the line end itself
  return line;
}

struct ResponseHead {
  unsigned status = 0;
  std::size_t length = 0;
  bool closes = false;
};

ResponseHead take_head(std::string_view& text) {
  ResponseHead head;
  const auto status_line = take_line(text);
  ZVONOK_ASSERT(status_line.starts_with("HTTP/1.1 ") && status_line.size() > 13 && status_line[12] == ' ');
  head.status = static_cast<unsigned>(std::stoul(std::string(status_line.substr(9, 3))));
  bool has_length = false;
  for (auto line = take_line(text); !line.empty(); line = take_line(text)) {
    const auto colon = line.find(": ");
    ZVONOK_ASSERT(colon != line.npos && colon > 0);
    ZVONOK_ASSERT(
        std::ranges::none_of(line, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; }));
    if (line == "Connection: close") head.closes = true;
    if (!line.starts_with("Content-Length: ")) continue;
    ZVONOK_ASSERT(!has_length);
    has_length = true;
    head.length = std::stoul(std::string(line.substr(16)));
  }
  const bool bodiless = head.status == 101 || head.status == 204 || head.status == 304;
  ZVONOK_ASSERT(has_length != bodiless);
  return head;
}

// A response to HEAD has a length and no body: then the next response follows, or nothing.
std::string_view take_body(std::string_view& text, const ResponseHead& head) {
  if (text.empty() || text.starts_with("HTTP/1.1 ")) return {};
  return take(text, head.length);
}

// RFC 6455 section 5.1: a server does not mask. Ours does not fragment either.
void check_frames(std::string_view text) {
  bool closed = false;
  while (!text.empty()) {
    ZVONOK_ASSERT(!closed);
    const auto first = static_cast<unsigned char>(take(text, 1)[0]);
    std::size_t size = static_cast<unsigned char>(take(text, 1)[0]);
    ZVONOK_ASSERT(first == 0x81 || first == 0x88 || first == 0x89 || first == 0x8a);
    ZVONOK_ASSERT(size < 127);  // nothing that we can say to one lonely client is longer than 64 KB
    if (size == 126) {
      const auto bytes = take(text, 2);
      size = static_cast<unsigned char>(bytes[0]) * 256u + static_cast<unsigned char>(bytes[1]);
      ZVONOK_ASSERT(size >= 126);
    }
    const auto payload = take(text, size);
    if (first == 0x81) ZVONOK_ASSERT(protocol::is_utf8(payload));
    closed = first == 0x88;
  }
}

void check_responses(std::string_view text, bool ended) {
  while (!text.empty()) {
    const auto head = take_head(text);
    if (head.status == 101) return check_frames(text);
    const auto body = take_body(text, head);
    const bool unreadable = head.status == 413 || head.status == 431 || head.status == 505 ||
                            (head.status == 400 && body.find("\"not_json\"") == body.npos);
    if (unreadable) ZVONOK_ASSERT(head.closes);
    if (head.closes) ZVONOK_ASSERT(text.empty() && ended);
  }
}

// What the server answers to these bytes in pieces, of which `seed` chooses the sizes. 0: one piece.
std::string answer(std::string_view bytes, std::uint32_t seed) {
  net::testing::HttpSession session;
  session.verifier.issue("anna");  // token-1-of-anna
  std::uint32_t dice = seed;
  while (!bytes.empty()) {
    dice = dice * 1'664'525 + 1'013'904'223;
    const std::size_t size = seed == 0 ? bytes.size() : 1 + (dice >> 24) % (1 + seed % 97);
    session.send(take(bytes, std::min(size, bytes.size())));
  }
  check_responses(session.received(), session.ended());
  session.end();
  ZVONOK_ASSERT(session.ended());
  ZVONOK_ASSERT(session.context.websockets == 0);
  check_responses(session.received(), session.ended());
  return session.received();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > kInputMax) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ZVONOK_ASSERT(answer(bytes, 0) == answer(bytes, 1u + data[0]));
  return 0;
}
