#include "protocol/message.hpp"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "base/assert.hpp"
#include "protocol/frame.hpp"

namespace zvonok::protocol {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kReadablePadding >= simdjson::SIMDJSON_PADDING);

constexpr auto kJsonDepth = static_cast<std::size_t>(info(Limit::kJsonDepth).default_value);
constexpr auto kUserIdBytes = static_cast<std::size_t>(info(Limit::kUserIdBytes).default_value);
constexpr std::int64_t kSafeInteger =
    (std::int64_t{1} << 53) - 1;  // what a JSON number can name without loss in JavaScript

std::string_view trimmed(std::string_view json) {
  return json.substr(0, json.find_last_not_of(" \t\r\n") + 1);
}

// The text of a value, whatever it is. The value is used up.
simdjson::simdjson_result<std::string_view> raw(ondemand::value value) {
  ondemand::object object;
  if (value.get_object().get(object) == simdjson::SUCCESS) return object.raw_json();
  ondemand::array array;
  if (value.get_array().get(array) == simdjson::SUCCESS) return array.raw_json();
  return trimmed(value.raw_json_token());
}

// What a `userId` or `targetUserId` says, by JavaScript's notion of truth: null, '', 0 and false say nothing.
struct Target {
  bool says_something = false;
  std::string_view user;                // empty: nobody who could exist
  std::optional<std::int64_t> integer;  // then `user` is its digits, which `offer` writes
};

// A number that the whole text's parser found valid. On-demand's own reading of numbers is not asked:
// simdjson 3.0 refuses there some of more than 19 digits that it takes here.
void take_number(std::string_view digits, Target& target) {
  const char* const end = digits.data() + digits.size();
  std::int64_t integer = 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, integer);
  if (error == std::errc{} && stop == end) {
    target.says_something = integer != 0;
    if (integer >= -kSafeInteger && integer <= kSafeInteger) target.integer = integer;
    return;
  }
  // What is too small for a double is 0 to JavaScript, and out of range here: `real` keeps its 0.
  double real = 0;
  std::from_chars(digits.data(), end, real);
  target.says_something = real != 0;
}

std::optional<Event> event_of(std::string_view name) {
  for (std::size_t i = 0; i < kEventNames.size(); ++i) {
    if (kEventNames[i] == name) return static_cast<Event>(i);
  }
  return std::nullopt;
}

// Cuts one member out of an object's text, with the comma that belongs to it. `from` is the quote that opens
// its key.
void cut_member(std::string& object, std::size_t from, std::size_t to) {
  const auto before = object.find_last_not_of(" \t\r\n", from - 1);
  if (object[before] == ',') {
    from = before;
  } else {
    const auto behind = object.find_first_not_of(" \t\r\n", to);
    if (object[behind] == ',') to = behind + 1;
  }
  object.erase(from, to - from);
}

}  // namespace

struct MessageParser::Impl {
  std::size_t payload_keys_max = 0;
  simdjson::dom::parser dom;
  ondemand::parser on_demand;
  // What the last message's views point into, where they do not point into its text.
  std::string without_sender;
  std::array<char, 24> integer{};

  using Parsed = base::Result<ClientMessage, MessageError>;

  // What is remembered of a payload while its members are walked once.
  struct Payload {
    std::string_view text;
    bool is_object = false;
    bool has_user_id = false, has_target_user_id = false, has_from_user_id = false;
    Target user_id, target_user_id;
    std::size_t from_user_id_begin = 0, from_user_id_end = 0;
  };

  Parsed parse(std::string_view text);
  std::optional<MessageError> walk_payload(ondemand::value value, Payload& payload);
  std::optional<MessageError> walk_members(ondemand::object object, Payload& payload);
  std::optional<MessageError> take_target(ondemand::value value, bool& seen, Target& target);
  Parsed offer(const Payload& payload);
};

MessageParser::MessageParser(std::size_t payload_keys_max) : impl_(std::make_unique<Impl>()) {
  impl_->payload_keys_max = payload_keys_max;
  const auto allocated = impl_->dom.allocate(4096, kJsonDepth);
  ZVONOK_ASSERT(allocated == simdjson::SUCCESS);
}

MessageParser::~MessageParser() = default;

base::Result<ClientMessage, MessageError> MessageParser::parse(std::string_view text) {
  return impl_->parse(text);
}

MessageParser::Impl::Parsed MessageParser::Impl::parse(std::string_view text) {
  const auto whole = dom.parse(text.data(), text.size(), /*realloc_if_needed=*/false);
  if (whole.error() != simdjson::SUCCESS) return base::Unexpected{MessageError::kNotJson};
  if (!whole.is_object()) return base::Unexpected{MessageError::kNotAnObject};

  ondemand::document document;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + kReadablePadding);
  ondemand::object message;
  if (on_demand.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(message) != simdjson::SUCCESS) {
    return base::Unexpected{MessageError::kNotJson};
  }
  bool event_seen = false, payload_seen = false;
  std::optional<Event> event;
  bool event_is_string = false;
  Payload payload;
  for (auto field : message) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return base::Unexpected{MessageError::kNotJson};
    if (key == "event") {
      if (std::exchange(event_seen, true)) return base::Unexpected{MessageError::kDoubledKey};
      std::string_view name;
      event_is_string = field.value().get_string().get(name) == simdjson::SUCCESS;
      if (event_is_string) event = event_of(name);
    } else if (key == "payload") {
      if (std::exchange(payload_seen, true)) return base::Unexpected{MessageError::kDoubledKey};
      ondemand::value value;
      if (field.value().get(value) != simdjson::SUCCESS) return base::Unexpected{MessageError::kNotJson};
      if (const auto error = walk_payload(value, payload)) return base::Unexpected{*error};
    }
  }
  if (!event_is_string) return base::Unexpected{MessageError::kNoEvent};
  if (!event) return base::Unexpected{MessageError::kUnknownEvent};
  if (*event == Event::kOffer) return offer(payload);
  return ClientMessage{.event = *event, .payload = payload.text, .target = {}};
}

std::optional<MessageError> MessageParser::Impl::walk_payload(ondemand::value value, Payload& payload) {
  payload.is_object = value.type() == ondemand::json_type::object;
  if (!payload.is_object) {
    if (raw(value).get(payload.text) != simdjson::SUCCESS) return MessageError::kNotJson;
    payload.text = trimmed(payload.text);
    return std::nullopt;
  }
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS ||
      object.raw_json().get(payload.text) != simdjson::SUCCESS ||
      object.reset().error() != simdjson::SUCCESS) {
    return MessageError::kNotJson;
  }
  payload.text = trimmed(payload.text);
  return walk_members(object, payload);
}

std::optional<MessageError> MessageParser::Impl::walk_members(ondemand::object object, Payload& payload) {
  std::size_t keys = 0;
  for (auto field : object) {
    if (++keys > payload_keys_max) return MessageError::kTooManyKeys;
    const char* quoted_key = field.key().value_unsafe().raw();  // just behind the opening quote
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return MessageError::kNotJson;
    if (key == "userId" || key == "targetUserId") {
      const bool first = key == "userId";
      ondemand::value value;
      if (field.value().get(value) != simdjson::SUCCESS) return MessageError::kNotJson;
      if (const auto error = take_target(value, first ? payload.has_user_id : payload.has_target_user_id,
                                         first ? payload.user_id : payload.target_user_id)) {
        return error;
      }
    } else if (key == "fromUserId") {
      if (std::exchange(payload.has_from_user_id, true)) return MessageError::kDoubledKey;
      ondemand::value value;
      std::string_view text;
      if (field.value().get(value) != simdjson::SUCCESS || raw(value).get(text) != simdjson::SUCCESS) {
        return MessageError::kNotJson;
      }
      text = trimmed(text);
      payload.from_user_id_begin = static_cast<std::size_t>(quoted_key - 1 - payload.text.data());
      payload.from_user_id_end = static_cast<std::size_t>(text.data() + text.size() - payload.text.data());
    }
  }
  return std::nullopt;
}

std::optional<MessageError> MessageParser::Impl::take_target(ondemand::value value, bool& seen,
                                                             Target& target) {
  if (std::exchange(seen, true)) return MessageError::kDoubledKey;
  switch (value.type()) {
    case ondemand::json_type::null:
      return std::nullopt;
    case ondemand::json_type::boolean:
      target.says_something = value.get_bool().value_unsafe();
      return std::nullopt;
    case ondemand::json_type::string: {
      if (value.get_string().get(target.user) != simdjson::SUCCESS) return MessageError::kNotJson;
      target.says_something = !target.user.empty();
      if (target.user.size() > kUserIdBytes || target.user.find('\0') != std::string_view::npos)
        target.user = {};
      return std::nullopt;
    }
    case ondemand::json_type::number:
      take_number(trimmed(value.raw_json_token()), target);
      return std::nullopt;
    default:
      target.says_something = true;
      return std::nullopt;
  }
}

MessageParser::Impl::Parsed MessageParser::Impl::offer(const Payload& payload) {
  const Target& target = payload.user_id.says_something ? payload.user_id : payload.target_user_id;
  if (!payload.is_object || !target.says_something) return base::Unexpected{MessageError::kNoTarget};
  ClientMessage message{.event = Event::kOffer, .payload = payload.text, .target = target.user};
  if (target.integer) {
    const auto end = std::to_chars(integer.data(), integer.data() + integer.size(), *target.integer).ptr;
    message.target = {integer.data(), static_cast<std::size_t>(end - integer.data())};
  }
  if (payload.has_from_user_id) {
    without_sender = payload.text;
    cut_member(without_sender, payload.from_user_id_begin, payload.from_user_id_end);
    message.payload = without_sender;
  }
  return message;
}

}  // namespace zvonok::protocol
