#include "app/settings.hpp"

#include "base/assert.hpp"

namespace zvonok::app {

void take_dev_defaults(Settings& settings) {
  if (!settings.login_enabled_given) settings.login_enabled = true;
  if (!settings.login_registration_given) settings.login_registration = "open";
  if (!settings.web_demo_given) settings.web_demo = true;
}

std::vector<base::IpRange> ranges(const std::vector<std::string>& texts) {
  std::vector<base::IpRange> ranges;
  for (const auto& text : texts) {
    const auto range = base::IpRange::parse(text);
    ZVONOK_ASSERT(range.has_value());
    ranges.push_back(*range);
  }
  return ranges;
}

bool has_jwks(const Settings& settings) {
  return !settings.jwks_file.empty() || !settings.jwks_url.empty();
}

std::vector<std::string> allowed_algorithms(const Settings& settings) {
  if (!settings.jwt_algs.empty()) return settings.jwt_algs;
  std::vector<std::string> algorithms;
  if (!settings.jwt_secret.reveal().empty()) algorithms = {"HS256", "HS384", "HS512"};
  if (has_jwks(settings)) {
    for (const char* family : {"RS", "PS", "ES"}) {
      for (const char* bits : {"256", "384", "512"}) algorithms.push_back(std::string(family) + bits);
    }
  }
  return algorithms;
}

}  // namespace zvonok::app
