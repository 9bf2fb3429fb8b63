// The rows of the table of settings that are about people: how they log in, how codes reach them, where they
// are kept; and whether what was set fits together.
#pragma once

#include <vector>

#include "app/settings_check.hpp"
#include "app/settings_table.hpp"

namespace zvonok::app {

std::vector<Setting> login_settings();
std::vector<Setting> storage_settings();

/// Adds what is wrong with logging in. With Mode::kDev codes need no way to anybody: the page shows them.
void check_login(const Settings& settings, Mode mode, Findings& findings);

}  // namespace zvonok::app
