// The TLS certificate and its key, read from where the settings say: at the start, again on SIGHUP, and by
// check-config.
#pragma once

#include <string>

#include "app/settings.hpp"
#include "base/result.hpp"
#include "net/tls.hpp"

namespace zvonok::app {

/// `settings` name both files. The error names the setting and the file.
base::Result<net::TlsIdentity, std::string> read_identity(const Settings& settings);

}  // namespace zvonok::app
