// The JSON object in a request's body, of which only texts are asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zvonok::http {

class JsonBody {
 public:
  /// nullopt: it is not an object in JSON (RFC 8259), or two of its members have one name.
  static std::optional<JsonBody> parse(std::string_view text);

  /// The text of a member; nullopt: it is not there, or null, or no text. That it is no text is remembered.
  std::optional<std::string> text(std::string_view name);
  bool has(std::string_view name) const;

  /// A sentence about a member that was asked for and is no text; empty: there is none.
  const std::string& problem() const { return problem_; }

 private:
  struct Member {
    std::string name;
    enum class Kind { kText, kNull, kOther } kind;
    std::string text;
  };
  const Member* find(std::string_view name) const;

  std::vector<Member> members_;
  std::string problem_;
};

}  // namespace zvonok::http
