// Whether what was set about logging in fits together.
#pragma once

#include "app/settings_check.hpp"

namespace zvonok::app {

/// Adds what is wrong with logging in. With Mode::kDev codes need no way to anybody: the page shows them.
void check_login(const Settings& settings, Mode mode, Findings& findings);

}  // namespace zvonok::app
