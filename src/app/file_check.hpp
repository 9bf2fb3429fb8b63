// Whether the files that the settings name can be used: what `serve` finds out when it starts, and
// check-config before.
#pragma once

#include "app/settings_check.hpp"

namespace zvonok::app {

/// Adds to `findings` what is wrong with keys and certificates.
void check_files(const Settings& settings, Findings& findings);

}  // namespace zvonok::app
