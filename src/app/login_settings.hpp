// The rows of the table of settings about how people log in and how codes reach them.
#pragma once

#include <vector>

#include "app/settings_table.hpp"

namespace zvonok::app {

std::vector<Setting> login_settings();

}  // namespace zvonok::app
