// Texts as a hostile client may send them. Another parser, which shares no code with ours, says for each
// whether it is a message and what must go on; in what goes on to another client there is one sender, the
// true one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "protocol/frame.hpp"
#include "protocol/json_test_support.hpp"
#include "protocol/message.hpp"
#include "protocol/outgoing.hpp"
#include "protocol/utf8.hpp"

namespace zvonok::protocol {
namespace {

using nlohmann::json;

constexpr std::size_t kKeysMax = 16;  // few, so that a short input reaches it

bool is_doubled(const std::vector<std::string>& keys, std::string_view key) {
  return std::count(keys.begin(), keys.end(), key) > 1;
}

// What JavaScript calls false says nothing.
bool says_something(const json& object, const char* key) {
  const auto member = object.find(key);
  if (member == object.end() || member->is_null()) return false;
  if (member->is_boolean()) return member->get<bool>();
  if (member->is_number()) return member->get<double>() != 0;
  return !member->is_string() || !member->get_ref<const std::string&>().empty();
}

// The other opinion: whether `text` is a message. What it says is read from `value`.
bool is_message(std::string_view text, json& value) {
  if (text.find('\0') != text.npos || text.substr(0, 3) == "\xef\xbb\xbf")
    return false;  // nlohmann takes both
  const auto seen = survey(text);
  if (!seen || seen->has_integer_past_64_bits) return false;
  if (seen->deepest > static_cast<std::size_t>(info(Limit::kJsonDepth).default_value)) return false;
  value = read_json(text);
  if (!value.is_object() || is_doubled(seen->keys, "event") || is_doubled(seen->keys, "payload"))
    return false;
  if (seen->payload_keys.size() > kKeysMax) return false;
  for (const auto* key : {"userId", "targetUserId", "fromUserId"}) {
    if (is_doubled(seen->payload_keys, key)) return false;
  }
  const auto event = value.find("event");
  if (event == value.end() || !event->is_string()) return false;
  if (std::find(kEventNames.begin(), kEventNames.end(), event->get<std::string>()) == kEventNames.end())
    return false;
  if (*event != name(Event::kOffer)) return true;
  const auto payload = value.find("payload");
  return payload != value.end() && payload->is_object() &&
         (says_something(*payload, "userId") || says_something(*payload, "targetUserId"));
}

// The target as the other parser sees it; empty: nobody.
std::string target_of(const json& payload) {
  const json& target = payload.at(says_something(payload, "userId") ? "userId" : "targetUserId");
  constexpr std::int64_t kSafe = (std::int64_t{1} << 53) - 1;
  if (target.is_number_unsigned() && target.get<std::uint64_t>() <= kSafe) return target.dump();
  if (target.is_number_integer() && !target.is_number_unsigned() && target.get<std::int64_t>() >= -kSafe)
    return target.dump();
  if (!target.is_string()) return "";
  const auto& id = target.get_ref<const std::string&>();
  return id.size() > 512 || id.find('\0') != id.npos ? "" : id;
}

void check_offer(const ClientMessage& message, json payload, std::size_t text_size) {
  ZVONOK_ASSERT(message.target == target_of(payload));
  for (const char* sender : {R"("al\"ice")", "42"}) {
    const std::string sent = joined(offer_text(message.payload, sender));
    ZVONOK_ASSERT(is_utf8(sent));
    ZVONOK_ASSERT(sent.size() <= text_size + std::string_view(sender).size() + 64);
    payload["fromUserId"] = read_json(sender);
    ZVONOK_ASSERT(read_json(sent) == json({{"event", "call:offer"}, {"payload", payload}}));
    const auto keys = survey(sent)->payload_keys;
    ZVONOK_ASSERT(std::count(keys.begin(), keys.end(), "fromUserId") == 1);
  }
}

void check_forwarded(const ClientMessage& message, const json& value, std::string_view text) {
  const auto payload = value.find("payload");
  ZVONOK_ASSERT(message.payload.empty() == (payload == value.end()));
  const std::string sent =
      joined(message.event == Event::kAnswer ? answer_text(message.payload) : ice_text(message.payload));
  ZVONOK_ASSERT(is_utf8(sent));
  if (message.payload.empty()) return;
  ZVONOK_ASSERT(message.payload.data() >= text.data());
  ZVONOK_ASSERT(message.payload.data() + message.payload.size() <= text.data() + text.size());
  ZVONOK_ASSERT(read_json(message.payload) == *payload);
  ZVONOK_ASSERT(read_json(sent).at("payload") == *payload);
  ZVONOK_ASSERT(survey(sent)->keys.size() == 2);
}

}  // namespace
}  // namespace zvonok::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zvonok::protocol;
  const auto buffer = std::make_unique<char[]>(size + kReadablePadding);
  if (size > 0) std::memcpy(buffer.get(), data, size);
  const std::string_view text(buffer.get(), size);

  static const auto kParser =
      std::make_unique<MessageParser>(kKeysMax);  // one for all: no message may harm the next
  const auto message = kParser->parse(text);
  json value;
  ZVONOK_ASSERT(message.has_value() == is_message(text, value));
  if (!message) return 0;
  ZVONOK_ASSERT(is_utf8(text));
  ZVONOK_ASSERT(value.at("event") == name(message->event));
  if (message->event == Event::kOffer) {
    check_offer(*message, value.at("payload"), size);
  } else {
    check_forwarded(*message, value, text);
  }
  return 0;
}
