// What the server says to a v1 client, as parts that the transport writes behind one another: the payload of
// another client goes straight from the buffer it came in into the queue of the one it is for.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/wire.gen.hpp"

namespace zvonok::protocol {

/// A text message in parts. It views what it was made of and is to be sent at once.
struct OutgoingText {
  std::array<std::string_view, 5> parts{};

  std::size_t size() const {
    std::size_t sum = 0;
    for (const auto part : parts) sum += part.size();
    return sum;
  }
};

/// `payload`: an object that has a member and no `fromUserId` (ClientMessage); `from_json`: the sender's id
/// as JSON.
OutgoingText offer_text(std::string_view payload, std::string_view from_json);
/// An empty payload stays missing.
OutgoingText answer_text(std::string_view payload);
OutgoingText ice_text(std::string_view payload);
OutgoingText hangup_text();

/// A JSON string for any UTF-8 text.
std::string json_string(std::string_view text);

}  // namespace zvonok::protocol
