// The only file that includes CLI11, which costs seconds to compile. CLI11 takes the arguments apart; help is
// ours (settings_text.cpp), and so are the messages, since they name the nearest flag.
#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>

#include "app/settings_table.hpp"
#include "app/settings_value.hpp"

namespace zvonok::app {
namespace {

using Verb = Command::Verb;

constexpr std::array<std::string_view, 9> kOwnFlags{"--dev",  "--lan",    "--config",   "--user",   "--ttl",
                                                    "--help", "--sample", "--markdown", "--version"};

bool looks_like_flag(std::string_view argument) {
  return argument.size() > 1 && argument.starts_with('-');
}

std::vector<std::string> flag_names() {
  std::vector<std::string> names(kOwnFlags.begin(), kOwnFlags.end());
  for (const auto& setting : settings_table()) names.push_back("--" + setting.name);
  return names;
}

class Parser {
 public:
  Parser() {
    app_.set_help_flag();
    app_.allow_extras();
    app_.require_subcommand(0, 1);
    app_.add_flag("--help,-h", help_);
    app_.add_flag("--version", version_);
    app_.add_flag("--dev", command_.dev);
    app_.add_flag("--lan", command_.lan);
    add_option(app_, "--config", config_files_);
    values_.resize(settings_table().size());
    for (std::size_t i = 0; i < values_.size(); ++i)
      add_option(app_, "--" + settings_table()[i].name, values_[i]);

    add_verb("serve");
    token_ = add_verb("token");
    add_option(*token_, "--user", users_);
    add_option(*token_, "--ttl", ttls_);
    check_config_ = add_verb("check-config");
    check_config_->add_flag("--sample", sample_);
    check_config_->add_flag("--markdown", markdown_);
    invite_ = add_verb("invite");
    for (auto& [verb, app] : with_subject_) {
      app = add_verb(verb);
    }
  }

  base::Result<Command, Problems> parse(std::vector<std::string> arguments) {
    take_subject(arguments);
    check_for_missing_values(arguments);
    if (problems_.empty()) take_apart(arguments);
    if (problems_.empty()) fill_in();
    if (!problems_.empty()) return base::Unexpected<Problems>{std::move(problems_)};
    return std::move(command_);
  }

 private:
  static void add_option(CLI::App& app, const std::string& flag, std::vector<std::string>& values) {
    app.add_option(flag, values)
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  CLI::App* add_verb(const std::string& name) {
    auto* verb = app_.add_subcommand(name);
    verb->set_help_flag();
    verb->allow_extras();
    verb->fallthrough();  // a setting may stand behind the verb
    return verb;
  }

  // What stands behind the verb is taken as it is: somebody's ID may begin with a dash.
  void take_subject(std::vector<std::string>& arguments) {
    const auto known = flag_names();
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
      const auto is_verb = [&](const auto& entry) { return entry.first == arguments[i]; };
      const bool is_value = i > 0 && arguments[i - 1].starts_with("--");
      if (is_value || std::ranges::none_of(with_subject_, is_verb)) continue;
      if (std::ranges::find(known, arguments[i + 1].substr(0, arguments[i + 1].find('='))) != known.end())
        return;
      subjects_.push_back(arguments[i + 1]);
      arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return;
    }
  }

  // CLI11 would take `--port --host` for a port called "--host". No value begins like one of our flags.
  void check_for_missing_values(const std::vector<std::string>& arguments) {
    const auto known = flag_names();
    const auto is_known = [&](const std::string& argument) {
      return std::ranges::find(known, argument.substr(0, argument.find('='))) != known.end();
    };
    const auto takes_value = [](const std::string& argument) {
      constexpr std::array<std::string_view, 3> kWithValue{"--config", "--user", "--ttl"};
      return std::ranges::find(kWithValue, argument) != kWithValue.end() ||
             (argument.starts_with("--") && find_setting(argument.substr(2)));
    };
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (!takes_value(arguments[i])) continue;
      if (i + 1 == arguments.size() || is_known(arguments[i + 1])) {
        problems_.push_back("flag " + arguments[i] + " needs a value behind it");
      }
      ++i;
    }
  }

  void take_apart(const std::vector<std::string>& arguments) {
    std::vector<std::string> reversed;  // as CLI11 wants it
    for (const auto& argument : arguments) {
      // `--name=` is an empty value, which CLI11 would call a missing one.
      const bool is_empty_value = looks_like_flag(argument) && argument.find('=') == argument.size() - 1;
      reversed.push_back(is_empty_value ? argument.substr(0, argument.size() - 1) : argument);
      if (is_empty_value) reversed.emplace_back();
    }
    std::ranges::reverse(reversed);
    try {
      app_.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
      problems_.push_back(std::string(error.what()) + "; see zvonok --help");
      return;
    }
    report_extras(app_.remaining(true));
  }

  void report_extras(const std::vector<std::string>& extras) {
    bool is_value = false;  // of a flag that we do not know; it is not repeated, for it may be a secret
    for (const auto& extra : extras) {
      if (looks_like_flag(extra)) {
        report_flag(extra.substr(0, extra.find('=')));
      } else if (!is_value) {
        problems_.push_back(
            "argument " + in_quotes(extra) +
            " is not understood; the commands are serve, token, check-config, invite, backup, "
            "restore and erase-user");
      }
      is_value = looks_like_flag(extra) && extra.find('=') == std::string::npos;
    }
  }

  void report_flag(const std::string& flag) {
    const auto known = flag_names();
    const bool is_elsewhere = std::ranges::find(known, flag) != known.end();
    problems_.push_back("flag " + in_quotes(flag) +
                        (is_elsewhere ? " belongs to another command; see zvonok --help"
                                      : " is not known; the nearest one is " + nearest_name(flag, known)));
  }

  void fill_in() {
    command_.verb = help_            ? Verb::kHelp
                    : version_       ? Verb::kVersion
                    : *token_        ? Verb::kToken
                    : *check_config_ ? Verb::kCheckConfig
                    : *invite_       ? Verb::kInvite
                                     : verb_with_subject();
    command_.config_file = only_one("--config", config_files_);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      for (auto& value : values_[i]) command_.flags.push_back({settings_table()[i].name, std::move(value)});
    }
    if (command_.lan && !command_.dev)
      problems_.emplace_back("--lan is a way to try --dev from a phone: give both");
    if (command_.verb == Verb::kToken) fill_in_token();
    if (sample_ && markdown_)
      problems_.emplace_back("--sample and --markdown print different things: give one of them");
    if (sample_) command_.print = Command::Print::kSample;
    if (markdown_) command_.print = Command::Print::kMarkdown;
  }

  Verb verb_with_subject() {
    constexpr std::array kVerbs{Verb::kBackup, Verb::kRestore, Verb::kEraseUser};
    constexpr std::array kNeeds{"FILE: what the copy is to be called", "FILE: the copy", "ID: of whom"};
    for (std::size_t i = 0; i < with_subject_.size(); ++i) {
      if (!*with_subject_[i].second) continue;
      if (subjects_.size() == 1 && !subjects_.front().empty()) {
        command_.subject = subjects_.front();
      } else {
        problems_.push_back("zvonok " + with_subject_[i].first + " needs " + kNeeds[i]);
      }
      return kVerbs[i];
    }
    return Verb::kServe;
  }

  void fill_in_token() {
    command_.user = only_one("--user", users_);
    if (users_.empty()) {
      problems_.emplace_back("zvonok token needs --user ID: whom the token is for");
    } else if (command_.user.empty()) {
      problems_.emplace_back("--user must not be empty");
    }
    if (ttls_.empty()) return;
    const auto text = only_one("--ttl", ttls_);
    if (const auto ttl = parse_ttl(text)) {
      command_.ttl = *ttl;
    } else {
      problems_.push_back(
          "--ttl must be a whole number with s, m, h or d behind it and at most ten years, such as 90s, "
          "15m, 1h or 30d, not " +
          in_quotes(text));
    }
  }

  std::string only_one(const std::string& flag, const std::vector<std::string>& values) {
    if (values.size() > 1) problems_.push_back("flag " + flag + " is given twice; leave one of the two out");
    return values.empty() ? "" : values.front();
  }

  CLI::App app_;
  CLI::App* token_ = nullptr;
  CLI::App* check_config_ = nullptr;
  CLI::App* invite_ = nullptr;
  std::array<std::pair<std::string, CLI::App*>, 3> with_subject_{
      {{"backup", nullptr}, {"restore", nullptr}, {"erase-user", nullptr}}};
  bool help_ = false;
  bool version_ = false;
  bool sample_ = false;
  bool markdown_ = false;
  std::vector<std::string> config_files_;
  std::vector<std::string> users_;
  std::vector<std::string> ttls_;
  std::vector<std::string> subjects_;
  std::vector<std::vector<std::string>> values_;  // one list a setting, in the order of the table
  Command command_;
  Problems problems_;
};

}  // namespace

base::Result<Command, Problems> parse_command_line(const std::vector<std::string>& arguments) {
  return Parser().parse(arguments);
}

std::optional<base::Duration> parse_ttl(std::string_view text) {
  constexpr std::int64_t kSecondsMax = 10LL * 365 * 24 * 3600;
  if (text.size() < 2) return std::nullopt;
  std::int64_t unit_s = 0;
  switch (text.back()) {
    case 's':
      unit_s = 1;
      break;
    case 'm':
      unit_s = 60;
      break;
    case 'h':
      unit_s = 3600;
      break;
    case 'd':
      unit_s = 24 * 3600;
      break;
    default:
      return std::nullopt;
  }
  std::int64_t count = 0;
  const auto* const end = text.data() + text.size() - 1;
  const auto parsed = std::from_chars(text.data(), end, count);
  if (parsed.ec != std::errc{} || parsed.ptr != end || count < 1 || count > kSecondsMax / unit_s)
    return std::nullopt;
  return base::seconds(count * unit_s);
}

}  // namespace zvonok::app
