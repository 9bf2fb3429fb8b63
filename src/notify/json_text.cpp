#include "notify/json_text.hpp"

#include <cstddef>

namespace zvonok::notify {
namespace {

constexpr int kLevelsMax = 32;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Eats what it recognises from the front of the text; false: it is not there.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool element(int levels) {
    blanks();
    const bool good = value(levels);
    blanks();
    return good;
  }

 private:
  bool value(int levels) {
    if (eat('{')) return levels > 0 && members(levels - 1);
    if (eat('[')) return levels > 0 && elements(levels - 1);
    if (eat('"')) return string_rest();
    return word("true") || word("false") || word("null") || number();
  }

  bool members(int levels) {
    blanks();
    if (eat('}')) return true;
    do {
      blanks();
      if (!eat('"') || !string_rest()) return false;
      blanks();
      if (!eat(':') || !element(levels)) return false;
    } while (eat(','));
    return eat('}');
  }

  bool elements(int levels) {
    blanks();
    if (eat(']')) return true;
    do {
      if (!element(levels)) return false;
    } while (eat(','));
    return eat(']');
  }

  bool string_rest() {
    while (!rest_.empty() && !eat('"')) {
      if (static_cast<unsigned char>(rest_.front()) < ' ') return false;
      if (eat('\\')) {
        if (!escape()) return false;
      } else {
        rest_.remove_prefix(1);
      }
      if (rest_.empty()) return false;
    }
    return true;
  }

  bool escape() {
    if (eat('u')) {
      for (int i = 0; i < 4; ++i, rest_.remove_prefix(1))
        if (rest_.empty() || !is_hex_digit(rest_.front())) return false;
      return true;
    }
    const bool known = !rest_.empty() && std::string_view("\"\\/bfnrt").find(rest_.front()) != rest_.npos;
    if (known) rest_.remove_prefix(1);
    return known;
  }

  bool number() {
    eat('-');
    if (!eat('0') && !digits()) return false;
    if (eat('.') && !digits()) return false;
    if (!eat('e') && !eat('E')) return true;
    if (!eat('+')) eat('-');
    return digits();
  }

  bool digits() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
    return rest_.size() < before;
  }

  void blanks() {
    while (eat(' ') || eat('\t') || eat('\n') || eat('\r')) {
    }
  }

  bool eat(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool word(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::string json_escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ') {
      (escaped += "\\u00").append({kHex[byte >> 4], kHex[byte & 15u]});
    } else {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

bool is_json(std::string_view text) {
  Reader reader(text);
  return reader.element(kLevelsMax) && reader.at_end();
}

}  // namespace zvonok::notify
