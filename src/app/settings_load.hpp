// From flags, environment and file to Settings. Order: flag > environment > file > default; a value that
// another one overrides is not looked at. All that is wrong is told at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "base/result.hpp"

namespace zvonok::app {

/// `--name value` of the command line. Lists may be given several times, and joined.
struct Flag {
  std::string name;  // without the dashes; a name of the table
  std::string value;
};

/// Everything that settings may come from.
struct SettingSources {
  std::vector<Flag> flags;
  std::vector<std::string> environment;  // "NAME=value"
  std::string config_file;               // --config; empty: the first of config_search that exists, if any
  std::vector<std::string> config_search{"./zvonok.toml", "/etc/zvonok/zvonok.toml"};
};

using Problems = std::vector<std::string>;  // whole sentences, at least one

struct LoadedSettings {
  Settings settings;
  std::vector<std::string> warnings;
  std::string config_file;  // the one that was read; empty: none
};

base::Result<LoadedSettings, Problems> load_settings(const SettingSources& sources);

struct Secrets {
  Secret current;
  Secret previous;
  Secret turn{};  // of a relay that is external
};

/// Reads everything again and takes the secrets alone (SIGHUP). After an error the old ones hold.
base::Result<Secrets, Problems> reload_secrets(const SettingSources& sources);

}  // namespace zvonok::app
