// UTF-8 that arrives in pieces, refused at the first byte that cannot be right (RFC 3629; RFC 6455
// section 8.1).
#pragma once

#include <cstdint>
#include <string_view>

namespace zvonok::protocol {

/// Whole texts, fast.
bool is_utf8(std::string_view text);

/// Fed piece by piece; a letter may be cut anywhere.
class Utf8Checker {
 public:
  /// False at the first byte that no valid text can have here; feed nothing after that.
  bool feed(std::string_view piece);
  /// Whether what was fed so far is a whole text, no letter cut.
  bool complete() const { return missing_ == 0; }

 private:
  std::uint8_t missing_ = 0;               // continuation bytes of the present letter still to come
  std::uint8_t low_ = 0x80, high_ = 0xbf;  // what the next of them may be
};

}  // namespace zvonok::protocol
