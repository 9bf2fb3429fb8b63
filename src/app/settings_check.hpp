// Whether settings that are each fine also fit together. `serve` refuses to start for the same reasons that
// `check-config` tells.
#pragma once

#include <string>
#include <vector>

#include "app/settings.hpp"

namespace zvonok::app {

enum class Mode { kServe, kDev };

struct Findings {
  std::vector<std::string> errors;    // whole sentences that end in what to do
  std::vector<std::string> warnings;  // it works, and somebody should know
};

/// The part that is about secrets and what hangs on them, which SIGHUP may change.
Findings check_secrets(const Settings& settings, Mode mode);

/// All of it. With kDev no key is needed (the server makes one), and what would let others in is refused.
Findings check(const Settings& settings, Mode mode);

}  // namespace zvonok::app
