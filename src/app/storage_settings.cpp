#include "app/storage_settings.hpp"

#include "app/settings_requirement.hpp"

namespace zvonok::app {
namespace {

constexpr std::string_view kStorage = "Where people are kept";

std::string_view require_sync(std::string_view text) {
  return text == "normal" || text == "full" ? "" : "normal or full";
}

}  // namespace

std::vector<Setting> storage_settings() {
  return {
      {"database_url", kStorage, "URL", &Settings::database_url,
       "PostgreSQL, as libpq takes it: postgresql://USER:PASSWORD@HOST/NAME; empty: SQLite in data_dir",
       "SQLite needs no care and is fast enough for one server. All tables are in the schema zvonok."},
      {"database_url_file", kStorage, "FILE", &Settings::database_url_file, "file that holds database_url",
       "As for jwt_secret_file, but read at the start alone.", 0, 0, require_path},
      {"storage.sync", kStorage, "WHEN", &Settings::storage_sync,
       "when SQLite counts something as kept: normal (it survives kill -9) or full (a power cut, too)",
       "full waits for the disk at each login.", 0, 0, require_sync},
  };
}

}  // namespace zvonok::app
