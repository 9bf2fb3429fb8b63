// zvonok: reads the command line, does what it says, and turns the outcome into an exit code.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "app/application.hpp"
#include "app/command_line.hpp"
#include "app/file_check.hpp"
#include "app/log_sink.hpp"
#include "app/maintenance.hpp"
#include "app/settings_check.hpp"
#include "app/settings_load.hpp"
#include "app/settings_text.hpp"

#ifndef ZVONOK_VERSION
#  error "ZVONOK_VERSION comes from CMake"
#endif

namespace {

using namespace zvonok;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int tell(const std::vector<std::string>& problems, int exit_code) {
  for (const auto& problem : problems) std::fprintf(stderr, "zvonok: %s\n", problem.c_str());
  return exit_code;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// Started without standard streams, the next files opened would take their numbers, and the log would be
// written into them.
void hold_standard_streams() {
  int file = ::open("/dev/null", O_RDWR);
  while (file >= 0 && file <= STDERR_FILENO) file = ::open("/dev/null", O_RDWR);
  if (file > STDERR_FILENO) ::close(file);
}

std::vector<std::string> environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  return variables;
}

app::SettingSources sources_of(const app::Command& command) {
  app::SettingSources sources;
  sources.flags = command.flags;
  sources.environment = environment();
  sources.config_file = command.config_file;
  return sources;
}

base::Result<app::LoadedSettings, app::Problems> load(const app::Command& command) {
  auto loaded = app::load_settings(sources_of(command));
  if (loaded && command.dev) app::take_dev_defaults(loaded->settings);
  return loaded;
}

app::Mode mode_of(const app::Command& command) {
  return command.dev ? app::Mode::kDev : app::Mode::kServe;
}

int serve(const app::Command& command) {
  const auto loaded = load(command);
  if (!loaded) return tell(loaded.error(), kUsage);
  const auto findings = app::check(loaded->settings, mode_of(command));
  if (!findings.errors.empty()) return tell(findings.errors, kUsage);
  app::StderrLog log(loaded->settings.log_level, loaded->settings.log_format);
  for (const auto& warning : loaded->warnings) log.write(ports::LogLevel::kWarn, warning);
  for (const auto& warning : findings.warnings) log.write(ports::LogLevel::kWarn, warning);
  log.write(ports::LogLevel::kInfo, "zvonok starts",
            {{"version", ZVONOK_VERSION},
             {"config", loaded->config_file.empty() ? std::string_view("none") : loaded->config_file}});
  const auto read_secrets = [&command] { return app::reload_secrets(sources_of(command)); };
  app::Application application(loaded->settings, {command.dev, command.lan, read_secrets}, log);
  const auto result = application.run();
  return result ? 0 : tell({result.error()}, kFailed);
}

int check_config(const app::Command& command) {
  if (command.print == app::Command::Print::kSample) return print(app::sample_file()), 0;
  if (command.print == app::Command::Print::kMarkdown) return print(app::settings_page()), 0;
  const auto loaded = load(command);
  if (!loaded) return tell(loaded.error(), kUsage);
  auto findings = app::check(loaded->settings, mode_of(command));
  app::check_files(loaded->settings, findings);
  for (const auto& warning : loaded->warnings) print("warning: " + warning + "\n");
  for (const auto& warning : findings.warnings) print("warning: " + warning + "\n");
  if (!findings.errors.empty()) return tell(findings.errors, kUsage);
  print("the configuration is fine" +
        (loaded->config_file.empty() ? std::string() : " (" + loaded->config_file + ")") + "\n");
  return 0;
}

int maintain(const app::Command& command) {
  const auto loaded = load(command);
  if (!loaded) return tell(loaded.error(), kUsage);
  const auto told = app::maintain(command, loaded->settings);
  if (!told) return tell({told.error()}, kFailed);
  print(*told);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  const auto command = app::parse_command_line({argv + 1, argv + argc});
  if (!command) return tell(command.error(), kUsage);
  switch (command->verb) {
    case app::Command::Verb::kServe:
      return serve(*command);
    case app::Command::Verb::kCheckConfig:
      return check_config(*command);
    case app::Command::Verb::kToken:
    case app::Command::Verb::kInvite:
    case app::Command::Verb::kBackup:
    case app::Command::Verb::kRestore:
    case app::Command::Verb::kEraseUser:
      return maintain(*command);
    case app::Command::Verb::kHelp:
      return print(app::help_text()), 0;
    case app::Command::Verb::kVersion:
      return print("zvonok " ZVONOK_VERSION "\n"), 0;
  }
}
