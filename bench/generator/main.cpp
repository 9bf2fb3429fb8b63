// Puts one kind of load on one server and prints what it cost the server: bench/README.md says how they are
// used.
#include <map>
#include <string_view>

#include "fatal.hpp"
#include "loads.hpp"
#include "options.hpp"

int main(int argc, char** argv) {
  using namespace zvonok::bench;
  const std::map<std::string_view, void (*)(const Options&)> loads{
      {"relay", relay_load}, {"latency", latency_load}, {"handshakes", handshake_load}, {"idle", idle_load}};
  const Options options = parse_options(argc, argv);
  const auto load = loads.find(options.load);
  if (load == loads.end()) fatal("there is no load " + options.load);
  load->second(options);
}
