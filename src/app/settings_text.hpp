// What people read about the settings, all of it derived from settings_table().
#pragma once

#include <string>

namespace zvonok::app {

/// `zvonok --help`.
std::string help_text();

/// `zvonok check-config --sample`: a zvonok.toml in which every setting stands with its default, commented
/// out.
std::string sample_file();

/// docs/settings.md, a derived file: `zvonok check-config --markdown > docs/settings.md`.
std::string settings_page();

}  // namespace zvonok::app
