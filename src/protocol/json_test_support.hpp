// An independent reader of JSON for the tests and the fuzzer of messages: nlohmann's, which shares no code
// with the parser under test.
#pragma once

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/outgoing.hpp"

namespace zvonok::protocol {

/// Throws if `text` is no JSON. Of a doubled key the last value counts, as in a browser.
inline nlohmann::json read_json(std::string_view text) {
  return nlohmann::json::parse(text);
}

/// What a text says that the value read from it no longer shows: there each key is once, and a number is a
/// double.
class JsonSurvey final : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::vector<std::string> keys{};          // of the outermost object
  std::vector<std::string> payload_keys{};  // of the object that is the outermost one's `payload`
  std::size_t deepest = 0;
  bool has_integer_past_64_bits = false;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string& spelling) override {
    if (spelling.find_first_of(".eE") == std::string::npos) has_integer_past_64_bits = true;
    return true;
  }
  bool string(std::string&) override { return true; }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(std::string& name) override {
    if (depth_ == 1) keys.push_back(name);
    if (depth_ == 2 && !keys.empty() && keys.back() == "payload") payload_keys.push_back(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  bool enter() {
    deepest = std::max(deepest, ++depth_);
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
};

/// Nothing if `text` is no JSON.
inline std::optional<JsonSurvey> survey(std::string_view text) {
  JsonSurvey survey;
  if (!nlohmann::json::sax_parse(text, &survey)) return std::nullopt;
  return survey;
}

inline std::string joined(const OutgoingText& text) {
  std::string whole;
  for (const auto part : text.parts) whole.append(part);
  return whole;
}

}  // namespace zvonok::protocol
