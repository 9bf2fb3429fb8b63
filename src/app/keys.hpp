// What tokens are checked with, read from where the settings say: at the start, and again on SIGHUP.
#pragma once

#include <string>
#include <vector>

#include "app/settings.hpp"
#include "auth/jwt_options.hpp"
#include "base/result.hpp"

namespace zvonok::app {

/// Of a JWK set; real ones have a few kilobytes, with certificates in them some dozens.
inline constexpr std::size_t kKeySetBytesMax = 1024 * 1024;

/// The keys of jwks.url are not among them (RemoteKeys). `warnings` gets a line for each key that is skipped.
base::Result<auth::JwtKeys, std::string> read_keys(const Settings& settings,
                                                   std::vector<std::string>& warnings);

/// The secret of --dev: kept in the data folder (mode 0600), so that a restart logs nobody out. Made when it
/// is missing.
base::Result<Secret, std::string> dev_secret(const std::string& data_dir);

/// `bytes` random bytes in base64url.
std::string random_text(std::size_t bytes);

}  // namespace zvonok::app
