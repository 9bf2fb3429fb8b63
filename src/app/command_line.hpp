// The command line as a value. Parsing neither prints nor exits: main() does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings_load.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace zvonok::app {

struct Command {
  enum class Verb { kServe, kToken, kCheckConfig, kInvite, kBackup, kRestore, kEraseUser, kHelp, kVersion };
  enum class Print { kFindings, kSample, kMarkdown };

  Verb verb = Verb::kServe;
  bool dev = false;         // any verb: `token --dev` signs with the secret that `serve --dev` made
  bool lan = false;         // only with dev
  std::string config_file;  // --config; empty: searched
  std::vector<Flag> flags;  // the settings

  std::string user;                     // token
  base::Duration ttl = base::hours(1);  // token
  Print print = Print::kFindings;       // check-config
  std::string subject;                  // the FILE of backup and restore, the ID of erase-user
};

/// `arguments` without the program's name.
base::Result<Command, Problems> parse_command_line(const std::vector<std::string>& arguments);

/// `90s`, `15m`, `1h`, `30d`: a whole number of at least 1 and a unit; at most ten years.
std::optional<base::Duration> parse_ttl(std::string_view text);

}  // namespace zvonok::app
