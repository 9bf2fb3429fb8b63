// JSON as security needs it: one meaning a text. Jansson behind a pointer that frees, and the few questions
// that we ask.
//
// A member given twice is refused (RFC 7515 section 4, RFC 7519 section 4): readers that take the first and
// readers that take the last would see two different tokens. Jansson also refuses text that is not UTF-8,
// lone surrogates, integers beyond 64 bits and numbers beyond a double.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct json_t;

namespace zvonok::auth {

/// Real tokens nest three or four deep. Jansson would go down 2,048 times, and a token of brackets would cost
/// many times what a good one does.
inline constexpr std::size_t kNestingMax = 128;

struct JsonDeleter {
  void operator()(json_t* json) const noexcept;
};
using JsonPtr = std::unique_ptr<json_t, JsonDeleter>;

/// Jansson refuses the escape \u0000 unless told otherwise, since C callers would cut the string there.
enum class NulEscapes { kRefuse, kAccept };

/// null unless `text` is one JSON object and nothing else.
JsonPtr parse_object(std::string_view text, NulEscapes nul_escapes);

/// The member's value, null if it is absent. `name` is a literal.
const json_t* member(const json_t& object, const char* name);

/// nullopt unless `value` is a string. Points into `value`; may hold U+0000 if that was accepted above.
std::optional<std::string_view> string_of(const json_t* value);

/// The value as compact JSON in ASCII.
std::string to_json(const json_t& value);

/// The value as ASCII JSON for a log line, strings in quotes so that a blank at the end is seen, cut to about
/// 100 bytes: two of them and a few words fit into a log field of 256. `value` may be null: "nothing".
std::string shown(const json_t* value);
std::string shown(std::string_view text);

}  // namespace zvonok::auth
