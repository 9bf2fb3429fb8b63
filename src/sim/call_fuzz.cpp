// The simulation, guided by coverage: any bytes are a schedule, and the same judges watch it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sim/run.hpp"
#include "sim/schedule.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const zvonok::sim::Schedule schedule = zvonok::sim::schedule_of_bytes(data, size);
  if (zvonok::sim::run(schedule).passed()) return 0;
  zvonok::sim::run_aloud(schedule, [](const std::string& line) { std::fputs(line.c_str(), stderr); });
  std::abort();
}
