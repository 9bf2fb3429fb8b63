// Keeps a coturn of ours running: starts it, makes sure that it works, starts it again when it has ended or
// when the machine's addresses have changed, and counts what it does. It has a thread of its own, since all
// of that waits.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/log.hpp"
#include "turn/coturn_config.hpp"
#include "turn/coturn_log.hpp"
#include "turn/coturn_process.hpp"
#include "turn/host_lookup.hpp"
#include "turn/probe.hpp"

namespace zvonok::turn {

/// All are called on the supervisor's thread, and must not wait.
struct SupervisorEvents {
  std::function<void(ports::LogLevel, std::string)> told;  // a line for the log
  std::function<void(const RelayUsage&, std::size_t allocations)> used;
  std::function<void()> restarted;
};

class Supervisor {
 public:
  Supervisor(CoturnSettings settings, SupervisorEvents events);
  /// Ends the relay, and with it the media of the calls that it carries.
  ~Supervisor();

  /// Waits until the relay has given an allocation, for fifteen seconds at most. After an error nothing is
  /// left running; the error names the setting or the package.
  base::Result<void, std::string> start();

 private:
  enum class Watched { kStopping, kEnded, kSilent, kAddressesChanged };

  void run(std::promise<base::Result<void, std::string>> first);
  base::Result<void, std::string> begin();
  base::Result<void, std::string> wait_until_it_works();
  Watched watch();
  std::optional<Watched> look_after_it();
  void note_half_silence(const Answers& answers);
  bool has_moved();
  void read_log();
  void tell_usage();
  RelayPlan look_around();
  bool wait(base::Duration at_most);

  const CoturnSettings settings_;
  const SupervisorEvents events_;
  std::thread thread_;
  int stop_fd_ = -1;  // readable once it is to stop
  // Of the thread.
  HostLookup host_;
  RelayPlan plan_;
  std::chrono::steady_clock::time_point look_again_;
  unsigned silences_ = 0, half_silences_ = 0, changes_ = 0;  // in a row
  bool looking_up_ = false;
  bool log_has_news_ = false;
  std::vector<std::string> told_warnings_;
  std::optional<CoturnProcess> process_;
  CoturnLog log_;
  std::string unfinished_line_;
  std::string last_complaint_;  // of coturn itself, for the error of a start that fails
  std::size_t told_allocations_ = 0;
};

}  // namespace zvonok::turn
