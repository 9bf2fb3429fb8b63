#include "options.hpp"

#include <charconv>
#include <string_view>

#include "fatal.hpp"

namespace zvonok::bench {
namespace {

constexpr std::string_view kUsage =
    "usage: generator relay|latency|handshakes|idle --port N --pid N [--raw] [--secret TEXT] [--users "
    "PREFIX]\n"
    "  relay       --pairs N --bytes N --burst N --warm-up-ms N --duration-ms N [--hold]\n"
    "  latency     --pairs N --bytes N --rate N --warm-up-ms N --duration-ms N\n"
    "  handshakes  --connections N --in-flight N --warm-up-ms N --duration-ms N\n"
    "  idle        --connections N --in-flight N --duration-ms N";

template <class Number>
Number number_of(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) fatal("not a number: " + std::string(text));
  return number;
}

Nanoseconds milliseconds_of(std::string_view text) {
  return std::chrono::milliseconds(number_of<std::int64_t>(text));
}

// Returns false for a name that takes no value.
bool take_flag(Options& options, std::string_view name) {
  if (name == "--raw") return options.raw = true;
  if (name == "--hold") return options.hold = true;
  return false;
}

void take_value(Options& options, std::string_view name, std::string_view value) {
  if (name == "--port") {
    options.port = number_of<std::uint16_t>(value);
  } else if (name == "--pid") {
    options.pid = number_of<pid_t>(value);
  } else if (name == "--secret") {
    options.secret = value;
  } else if (name == "--users") {
    options.users = value;
  } else if (name == "--pairs") {
    options.pairs = number_of<std::size_t>(value);
  } else if (name == "--bytes") {
    options.bytes = number_of<std::size_t>(value);
  } else if (name == "--burst") {
    options.burst = number_of<std::size_t>(value);
  } else if (name == "--connections") {
    options.connections = number_of<std::size_t>(value);
  } else if (name == "--in-flight") {
    options.in_flight = number_of<std::size_t>(value);
  } else if (name == "--rate") {
    options.rate = number_of<std::size_t>(value);
  } else if (name == "--warm-up-ms") {
    options.warm_up = milliseconds_of(value);
  } else if (name == "--duration-ms") {
    options.duration = milliseconds_of(value);
  } else {
    fatal("unknown option " + std::string(name));
  }
}

}  // namespace

Options parse_options(int argc, char** argv) {
  if (argc < 2) fatal(kUsage);
  Options options;
  options.load = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (take_flag(options, name)) continue;
    if (++i == argc) fatal(std::string(name) + " has no value");
    take_value(options, name, argv[i]);
  }
  if (options.port == 0 || options.pid == 0) fatal(kUsage);
  if (options.pairs == 0 || options.burst == 0 || options.in_flight == 0 || options.rate == 0) fatal(kUsage);
  return options;
}

}  // namespace zvonok::bench
