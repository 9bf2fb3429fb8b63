// zvonok_sim: random schedules over the call core, judged by an oracle and a witness. Prints how many passed;
// a failing one is printed with its seed and as short as it can be made.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "sim/exhaustive.hpp"
#include "sim/isolated.hpp"
#include "sim/run.hpp"
#include "sim/schedule.hpp"

namespace {

using namespace zvonok::sim;

constexpr std::string_view kUsage =
    "usage: zvonok_sim [--schedules N] [--seed S] [--steps K]   random schedules of seeds S, S+1, …\n"
    "       zvonok_sim --exhaustive [DEPTH]                     every order of a few actions in a small "
    "world\n"
    "       zvonok_sim --trace --seed S [--steps K]             one schedule, told step by step\n";

struct Options {
  std::uint64_t schedules = 100'000, seed = 1, steps = 125, depth = 8;
  bool exhaustive = false, trace = false, valid = true;
};

bool read_number(const char* text, std::uint64_t& number) {
  if (text == nullptr) return false;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  return error == std::errc{} && stop == end && stop != text;
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc && options.valid; ++i) {
    const std::string_view name = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (name == "--exhaustive") {
      options.exhaustive = true;
      if (read_number(value, options.depth)) ++i;
    } else if (name == "--trace") {
      options.trace = true;
    } else {
      std::uint64_t* number = name == "--schedules" ? &options.schedules
                              : name == "--seed"    ? &options.seed
                              : name == "--steps"   ? &options.steps
                                                    : nullptr;
      options.valid = number != nullptr && read_number(value, *number);
      ++i;
    }
  }
  return options;
}

void say(const std::string& line) {
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
}

bool fails(const Schedule& schedule) {
  return run_isolated([&](const auto&) { return run(schedule).passed(); }, true).exit != Exit::kTrue;
}

void show_failure(std::uint64_t seed, const Options& options) {
  const Schedule shortest = shrink(random_schedule(seed, options.steps), fails);
  std::printf("seed %llu fails; as short as it gets:\n", static_cast<unsigned long long>(seed));
  run_isolated([&](const auto&) { return run_aloud(shortest, say).passed(); }, false);
}

// Runs up to the first failure: after it the rest would mostly say the same.
int simulate(const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  const auto batch = run_isolated(
      [&](const auto& report) {
        std::uint64_t actions = 0;
        for (std::uint64_t i = 0; i < options.schedules; ++i) {
          report(i);
          const Outcome outcome = run(random_schedule(options.seed + i, options.steps));
          actions += outcome.actions;
          if (!outcome.passed()) return false;
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        std::printf("%.1f steps a schedule, %.1f s\n",
                    static_cast<double>(actions) / static_cast<double>(options.schedules), took.count());
        return true;
      },
      false);
  const bool passed = batch.exit == Exit::kTrue;
  const std::uint64_t passes = passed ? options.schedules : batch.last_report.value_or(0);
  if (!passed) show_failure(options.seed + passes, options);
  std::printf("simulation: %llu passed, %d failed\n", static_cast<unsigned long long>(passes),
              passed ? 0 : 1);
  return passed && passes > 0 ? 0 : 1;
}

int search_all(const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  SearchResult result;
  const auto searched = run_isolated(
      [&](const auto&) {
        result = search(options.depth);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        std::printf("%s%zu states in %.1f s\n", result.trace.c_str(), result.states, took.count());
        std::printf("exhaustive search: %zu passed, %d failed\n", result.runs, result.wrong.empty() ? 0 : 1);
        return result.wrong.empty() && result.runs > 0;
      },
      false);
  return searched.exit == Exit::kTrue ? 0 : 1;
}

int trace(const Options& options) {
  const bool passed = run_aloud(random_schedule(options.seed, options.steps), say).passed();
  std::printf("simulation: %d passed, %d failed\n", passed ? 1 : 0, passed ? 0 : 1);
  return passed ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  if (!options.valid) {
    std::fputs(kUsage.data(), stderr);
    return 2;
  }
  return options.trace ? trace(options) : options.exhaustive ? search_all(options) : simulate(options);
}
