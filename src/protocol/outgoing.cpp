#include "protocol/outgoing.hpp"

#include "base/assert.hpp"

namespace zvonok::protocol {

OutgoingText offer_text(std::string_view payload, std::string_view from_json) {
  ZVONOK_ASSERT(payload.size() > 2 && payload.back() == '}');
  payload.remove_suffix(1);
  return {{R"({"event":"call:offer","payload":)", payload, R"(,"fromUserId":)", from_json, "}}"}};
}

OutgoingText answer_text(std::string_view payload) {
  if (payload.empty()) return {{R"({"event":"call:answer"})"}};
  return {{R"({"event":"call:answer","payload":)", payload, "}"}};
}

OutgoingText ice_text(std::string_view payload) {
  if (payload.empty()) return {{R"({"event":"call:ice"})"}};
  return {{R"({"event":"call:ice","payload":)", payload, "}"}};
}

OutgoingText hangup_text() {
  return {{R"({"event":"call:hangup"})"}};
}

std::string json_string(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += "\\u00";
      json += kHex[static_cast<unsigned char>(c) >> 4];
      json += kHex[static_cast<unsigned char>(c) & 0xf];
    } else {
      json += c;
    }
  }
  json += '"';
  return json;
}

}  // namespace zvonok::protocol
