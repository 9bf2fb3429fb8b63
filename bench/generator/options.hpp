// What the command line asks for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace zvonok::bench {

using Nanoseconds = std::chrono::nanoseconds;

struct Options {
  std::string load;
  std::uint16_t port = 0;
  pid_t pid = 0;       // of the server, whose CPU time and memory are read
  bool raw = false;    // the server is the bare relay: no handshake, no call, the same bytes
  std::string secret;  // of the tokens
  std::string users;   // prefix of the user ids, so that no two runs share any
  std::size_t pairs = 64;
  std::size_t bytes = 200;  // of a message's JSON text
  std::size_t burst = 1;    // frames in one send
  std::size_t connections = 15'000;
  std::size_t in_flight = 32;  // handshakes at a time
  std::size_t rate = 2'000;    // messages per second
  Nanoseconds warm_up{300'000'000};
  Nanoseconds duration{700'000'000};
  // A tracer can attach and leave: "ready" is printed and a line awaited before the load, and another behind
  // its result.
  bool hold = false;
};

Options parse_options(int argc, char** argv);

}  // namespace zvonok::bench
