#include "app/settings_text.hpp"

#include <algorithm>

#include "app/settings_table.hpp"
#include "app/settings_value.hpp"

namespace zvonok::app {
namespace {

constexpr std::size_t kColumns = 110;
constexpr std::size_t kAboutColumn = 36;

constexpr std::string_view kUsage =
    R"(zvonok: a call server for an application that already has users

Usage
  zvonok [serve] [--dev [--lan]] [settings]        run the server
  zvonok invite [settings]                         print a link by which one person becomes a user
  zvonok backup FILE [settings]                    copy the database into a new file; the server may run
  zvonok restore FILE [settings]                   make people what they are in that copy; no server may run
  zvonok erase-user ID [settings]                  forget a user and what is kept of them; no server may run
  zvonok token --user ID [--ttl 1h] [settings]     print a token for that user (ttl: 90s, 15m, 1h, 30d)
  zvonok check-config [--sample] [settings]        check the settings; --sample: print a zvonok.toml
  zvonok --help | --version

  --dev          try it on this machine: no secret needed, the page shows the login code
  --lan          with --dev: on all addresses, with TLS and a key in the link that it prints
  --config FILE  settings file; else ./zvonok.toml, else /etc/zvonok/zvonok.toml

Settings come from their flag, else the environment (ZVONOK_ and the name in capitals with _ for a dot:
ZVONOK_LOG_LEVEL; also PORT, JWT_SECRET and JWT_SECRET_FILE), else the file, else their default.
Lists are separated by commas.
)";

bool is_limit(const Setting& setting) {
  return std::holds_alternative<protocol::Limit>(setting.target);
}

// Breaks at blanks; every line begins with `prefix`.
std::string wrapped(std::string_view text, std::string_view prefix, std::size_t columns) {
  std::string lines;
  while (!text.empty()) {
    auto length = std::min(text.size(), columns - prefix.size());
    if (length < text.size()) {
      const auto blank = text.rfind(' ', length);
      if (blank != std::string_view::npos) length = blank;
    }
    lines += std::string(prefix) + std::string(text.substr(0, length)) + "\n";
    text.remove_prefix(std::min(text.size(), length + 1));
  }
  return lines;
}

std::string capitalised(std::string text) {
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string help_line(std::string_view name, std::string_view argument, std::string_view about) {
  auto flag = "  --" + std::string(name) + " " + std::string(argument);
  flag.resize(std::max(flag.size() + 1, kAboutColumn), ' ');
  return flag + wrapped(about, std::string(kAboutColumn, ' '), kColumns).substr(kAboutColumn);
}

std::string range_note(const Setting& setting) {
  return setting.max == 0 ? "" : std::to_string(setting.min) + " to " + std::to_string(setting.max);
}

// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string cell;
  for (const char c : text) cell += c == '|' ? std::string("\\|") : std::string(1, c);
  return cell;
}

}  // namespace

std::string help_text() {
  std::string text(kUsage);
  std::string_view group;
  std::size_t limits = 0;
  for (const auto& setting : settings_table()) {
    if (is_limit(setting)) {
      ++limits;
      continue;
    }
    if (setting.group != group) text += "\n" + std::string(group = setting.group) + "\n";
    const auto value = to_text(Settings(), setting);
    text +=
        help_line(setting.name, setting.argument, setting.about + (value.empty() ? "" : " [" + value + "]"));
  }
  return text + help_line("limits.NAME", "N",
                          "one of " + std::to_string(limits) +
                              " further limits, which zvonok check-config --sample lists");
}

std::string sample_file() {
  std::string text =
      "# zvonok.toml: every setting with its default. Remove the # before a line to change it. `zvonok "
      "check-config` tells\n"
      "# whether all is well. Flags and environment variables (ZVONOK_...) win over this file.\n";
  std::string_view group;
  for (const auto& setting : settings_table()) {
    if (setting.group != group) text += "\n# ---- " + std::string(group = setting.group) + " ----\n";
    const auto range = range_note(setting);
    text += "\n" + wrapped(capitalised(setting.about) + (range.empty() ? "" : " (" + range + ")") + ". " +
                               setting.reason,
                           "# ", kColumns);
    text += "#" + setting.name + " = " + to_toml(Settings(), setting) + "\n";
  }
  return text;
}

std::string settings_page() {
  std::string text =
      "# Settings\n\n"
      "<!-- Derived from src/app/settings_table.cpp by `zvonok check-config --markdown`; do not edit. -->\n\n"
      "A setting is taken from its flag (`--log.level debug`), else from the environment "
      "(`ZVONOK_LOG_LEVEL=debug`; also "
      "the bare names `PORT`, `JWT_SECRET` and `JWT_SECRET_FILE`, over which `ZVONOK_…` wins), else from the "
      "file "
      "(`--config FILE`, else `./zvonok.toml`, else `/etc/zvonok/zvonok.toml`), else it has its default. In "
      "a flag or "
      "variable a list is separated by commas. `zvonok check-config --sample` prints a file with every "
      "setting, "
      "`zvonok check-config` says what is wrong with yours.\n";
  std::string_view group;
  for (const auto& setting : settings_table()) {
    if (setting.group != group) {
      text += "\n## " + std::string(group = setting.group) +
              "\n\n| setting | variable | default | what and why |\n|---|---|---|---|\n";
    }
    const auto range = range_note(setting);
    text += "| `" + setting.name + "` | `" + environment_name(setting.name) + "` | `" +
            to_toml(Settings(), setting) + "`" + (range.empty() ? "" : " (" + range + ")") + " | " +
            cell(capitalised(setting.about)) + ". " + cell(setting.reason) + " |\n";
  }
  return text;
}

}  // namespace zvonok::app
