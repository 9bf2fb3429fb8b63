// The rows of the table of settings about where people are kept.
#pragma once

#include <vector>

#include "app/settings_table.hpp"

namespace zvonok::app {

std::vector<Setting> storage_settings();

}  // namespace zvonok::app
