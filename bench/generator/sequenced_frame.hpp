// The one message that is relayed, as it is on the wire: a call:ice with a number in it that counts up. All
// other bytes stay the same, so sending one costs the generator a few stores, and the receiver compares every
// byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace zvonok::bench {

using Mask = std::array<char, 4>;

class SequencedFrame {
 public:
  /// As a client sends it (RFC 6455 section 5.3). `text_bytes` is the length of the JSON text.
  static SequencedFrame from_client(std::size_t text_bytes, const Mask& mask);
  /// As a server sends it: not masked.
  static SequencedFrame from_server(std::size_t text_bytes);

  void set_number(std::uint64_t number);
  std::string_view bytes() const { return bytes_; }

 private:
  SequencedFrame(std::size_t text_bytes, const Mask* mask);

  std::string bytes_;
  std::size_t digits_at_ = 0;
  std::array<char, 10> digits_mask_{};
};

/// A masked text frame of any text, for the few messages that set up a call.
std::string client_frame(std::string_view text, const Mask& mask);

}  // namespace zvonok::bench
