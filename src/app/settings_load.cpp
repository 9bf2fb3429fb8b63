#include "app/settings_load.hpp"

#include <algorithm>
#include <map>

#include "app/config_file.hpp"
#include "app/config_reader.hpp"
#include "app/secret_file.hpp"
#include "app/settings_table.hpp"
#include "app/settings_value.hpp"

namespace zvonok::app {
namespace {

using ValuesByName = std::map<std::string, RawValue, std::less<>>;

constexpr std::string_view kOurPrefix = "ZVONOK_";

// The names of the original backend. No other bare name is read: we are started in the environment of
// somebody's Node backend, where HOST or LOG_LEVEL may mean anything.
struct BareName {
  std::string_view variable;
  std::string_view setting;
};
constexpr BareName kBareNames[] = {
    {"PORT", "port"}, {"JWT_SECRET", "jwt_secret"}, {"JWT_SECRET_FILE", "jwt_secret_file"}};

std::vector<std::string> setting_names() {
  std::vector<std::string> names;
  for (const auto& setting : settings_table()) names.push_back(setting.name);
  return names;
}

class Loader {
 public:
  base::Result<LoadedSettings, Problems> load(const SettingSources& sources) {
    take_file(sources);
    take_environment(sources.environment);
    take_flags(sources.flags);
    for (const auto& [name, raw] : values_) {
      if (auto problem = assign(loaded_.settings, *find_setting(name), raw))
        problems_.push_back(std::move(*problem));
    }
    loaded_.settings.admin_listen_given = values_.contains("admin_listen");
    loaded_.settings.login_enabled_given = values_.contains("login.enabled");
    loaded_.settings.login_registration_given = values_.contains("login.registration");
    loaded_.settings.web_demo_given = values_.contains("web.demo");
    read_secrets();
    if (!problems_.empty()) return base::Unexpected<Problems>{std::move(problems_)};
    return std::move(loaded_);
  }

 private:
  void take_file(const SettingSources& sources) {
    std::string path = sources.config_file;
    if (path.empty()) {
      const auto found = std::ranges::find_if(sources.config_search, path_exists);
      if (found == sources.config_search.end()) return;
      path = *found;
    }
    loaded_.config_file = path;
    const auto entries = read_config_file(path);
    if (!entries) {
      problems_.push_back(entries.error());
      return;
    }
    ValuesByName level;
    for (const auto& entry : *entries) {
      if (find_setting(entry.name)) {
        level[entry.name] = entry.value;
      } else {
        problems_.push_back(in_quotes(entry.name) + " is no setting (" + entry.value.origin +
                            "); the nearest one is " + nearest_name(entry.name, setting_names()));
      }
    }
    override_with(std::move(level));
  }

  void take_environment(const std::vector<std::string>& environment) {
    ValuesByName bare;
    ValuesByName ours;
    for (const auto& entry : environment) {
      const auto equals = entry.find('=');
      if (equals == std::string::npos) continue;
      take_variable(entry.substr(0, equals), entry.substr(equals + 1), bare, ours);
    }
    override_with(std::move(bare));
    override_with(std::move(ours));
  }

  void take_variable(const std::string& name, const std::string& text, ValuesByName& bare,
                     ValuesByName& ours) {
    const RawValue raw{RawValue::Type::kWord, text, {}, "environment variable " + name};
    for (const auto& known : kBareNames) {
      if (name == known.variable) take_word(*find_setting(known.setting), raw, bare);
    }
    if (!name.starts_with(kOurPrefix)) return;
    std::vector<std::string> known_names;
    for (const auto& setting : settings_table()) {
      known_names.push_back(environment_name(setting.name));
      if (known_names.back() == name) return take_word(setting, raw, ours);
    }
    loaded_.warnings.push_back("environment variable " + name +
                               " is no setting and does nothing; the nearest one is " +
                               nearest_name(name, known_names));
  }

  static void take_word(const Setting& setting, const RawValue& raw, ValuesByName& level) {
    if (raw.text.empty() && !takes_empty(setting)) return;
    level.emplace(setting.name, raw);  // of a name that is there twice the first counts, as for getenv
  }

  void take_flags(const std::vector<Flag>& flags) {
    ValuesByName level;
    for (const auto& flag : flags) {
      const auto* setting = find_setting(flag.name);
      ZVONOK_ASSERT(setting != nullptr);
      const RawValue raw{RawValue::Type::kWord, flag.value, {}, "flag --" + flag.name};
      const auto [place, first] = level.emplace(flag.name, raw);
      if (first) continue;
      if (std::holds_alternative<std::vector<std::string> Settings::*>(setting->target)) {
        place->second.text += "," + flag.value;
      } else {
        problems_.push_back("flag --" + flag.name + " is given twice; leave one of the two out");
      }
    }
    for (const auto& source : kSecretSources) {
      if (level.contains(source.name)) {
        loaded_.warnings.push_back("flag --" + std::string(source.name) +
                                   ": everybody on this machine can read it in the list of processes; use " +
                                   environment_name(source.name) + " or --" + std::string(source.file_name));
      }
    }
    override_with(std::move(level));
  }

  // A secret and its file are one choice: the higher level's, whichever of the two it gives.
  void override_with(ValuesByName level) {
    for (const auto& source : kSecretSources) {
      const auto value = level.find(source.name);
      const auto file = level.find(source.file_name);
      if (value != level.end() && file != level.end()) {
        problems_.push_back(std::string(source.name) + " is given twice, as a value (" +
                            value->second.origin + ") and by a file (" + file->second.origin +
                            "); remove one of the two");
      }
      if (value == level.end() && file == level.end()) continue;
      erase(source.name);
      erase(source.file_name);
    }
    for (auto& [name, raw] : level) values_.insert_or_assign(name, std::move(raw));
  }

  void erase(std::string_view name) {
    if (const auto found = values_.find(name); found != values_.end()) values_.erase(found);
  }

  void read_secrets() {
    for (const auto& source : kSecretSources) {
      if (const auto raw = values_.find(source.name); raw != values_.end()) warn_about(source, raw->second);
      const auto raw = values_.find(source.file_name);
      if (raw == values_.end()) continue;
      const auto& path = loaded_.settings.*source.file;
      auto secret = read_secret_file(path);
      if (secret) {
        loaded_.settings.*source.value = *std::move(secret);
      } else {
        problems_.push_back(std::string(source.file_name) + ": " + in_quotes(path) + " " + secret.error() +
                            " (" + raw->second.origin + ")");
      }
    }
  }

  // What is invisible or looks like decoration is part of the key all the same, and then no token fits.
  void warn_about(const SecretSource& source, const RawValue& raw) {
    const auto& text = raw.text;
    if (text.ends_with('\r') || text.ends_with('\n')) {
      loaded_.warnings.push_back(std::string(source.name) + " ends in a line end (" + raw.origin +
                                 "), which is part of the secret; remove it if your backend signs without");
    }
    if (text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'')) {
      loaded_.warnings.push_back(
          std::string(source.name) + " stands in quotes (" + raw.origin +
          "), which are part of the secret; remove them if your backend signs without");
    }
  }

  ValuesByName values_;
  LoadedSettings loaded_;
  Problems problems_;
};

}  // namespace

base::Result<LoadedSettings, Problems> load_settings(const SettingSources& sources) {
  return Loader().load(sources);
}

base::Result<Secrets, Problems> reload_secrets(const SettingSources& sources) {
  const auto again = load_settings(sources);
  if (!again) return base::Unexpected<Problems>{again.error()};
  return Secrets{again->settings.jwt_secret, again->settings.jwt_secret_previous,
                 again->settings.turn_secret};
}

}  // namespace zvonok::app
