// Whether the files that the settings name can be used: what `serve` finds out when it starts, and
// check-config before.
#pragma once

#include <string>

#include "app/settings_check.hpp"

namespace zvonok::app {

/// Adds to `findings` what is wrong with keys and certificates.
void check_files(const Settings& settings, Findings& findings);

/// What is wrong with a file of certificates that a setting names, as a sentence; empty: nothing, or no file.
std::string problem_of_certificates(const std::string& setting, const std::string& path);

/// The same of the files that sending codes needs.
std::string problem_of_login_files(const Settings& settings);

}  // namespace zvonok::app
