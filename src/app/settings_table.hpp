// The one table of settings. Flags, environment variables, the keys of the file, --help, the sample file and
// docs/settings.md all derive from it: a setting is added here, and nowhere else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/settings.hpp"

namespace zvonok::app {

/// Where a setting's value is kept; the type of the member is the type of the setting.
using Target = std::variant<std::string Settings::*, Secret Settings::*, std::vector<std::string> Settings::*,
                            std::int64_t Settings::*, bool Settings::*, ports::LogLevel Settings::*,
                            LogFormat Settings::*, protocol::Limit>;

/// What is wrong with a text (or with one item of a list), as the end of "must be …"; empty: nothing.
using Requirement = std::string_view (*)(std::string_view);

struct Setting {
  std::string name;           // also its flag (--name) and its key in the file
  std::string_view group;     // heading in help, sample file and docs; kept together in the table
  std::string_view argument;  // what stands behind the flag in help
  Target target;
  std::string about;   // a clause: what it is
  std::string reason;  // whole sentences: why it is what it is, what higher and lower cost
  std::int64_t min = 0;
  std::int64_t max = 0;
  Requirement requirement = nullptr;
};

/// All settings, in the order in which people are told about them. Fixed limits are no settings.
std::span<const Setting> settings_table();

/// nullptr if there is no such setting.
const Setting* find_setting(std::string_view name);

/// `tls.cert` -> `ZVONOK_TLS_CERT`.
std::string environment_name(std::string_view setting);

/// The one of `names` that takes the fewest edits to become `wrong`; empty if there are none.
std::string nearest_name(std::string_view wrong, std::span<const std::string> names);

/// A secret and the setting that names a file for it.
struct SecretSource {
  std::string_view name;
  Secret Settings::*value;
  std::string_view file_name;
  std::string Settings::*file;
};
inline constexpr SecretSource kSecretSources[] = {
    {"jwt_secret", &Settings::jwt_secret, "jwt_secret_file", &Settings::jwt_secret_file},
    {"jwt_secret_previous", &Settings::jwt_secret_previous, "jwt_secret_previous_file",
     &Settings::jwt_secret_previous_file},
    {"turn.secret", &Settings::turn_secret, "turn.secret_file", &Settings::turn_secret_file},
    {"login.smtp.url", &Settings::smtp_url, "login.smtp.url_file", &Settings::smtp_url_file},
    {"login.sms.url", &Settings::sms_url, "login.sms.url_file", &Settings::sms_url_file},
    {"login.sms.authorization", &Settings::sms_authorization, "login.sms.authorization_file",
     &Settings::sms_authorization_file},
    {"database_url", &Settings::database_url, "database_url_file", &Settings::database_url_file},
};

}  // namespace zvonok::app
