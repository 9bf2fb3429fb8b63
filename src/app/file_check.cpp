#include "app/file_check.hpp"

#include "app/certificate.hpp"
#include "app/config_reader.hpp"
#include "app/keys.hpp"
#include "app/remote_keys.hpp"
#include "turn/coturn_process.hpp"

namespace zvonok::app {

void check_files(const Settings& settings, Findings& findings) {
  const auto keys = read_keys(settings, findings.warnings);
  if (!keys) findings.errors.push_back(keys.error());
  if (!settings.jwks_ca_file.empty()) {
    const auto read = read_regular_file(settings.jwks_ca_file, kCertificatesBytesMax);
    if (!read) {
      findings.errors.push_back("jwks.ca_file " + settings.jwks_ca_file + " " + read.error());
    } else if (read->find("CERTIFICATE-----") == std::string::npos) {
      findings.errors.push_back("jwks.ca_file " + settings.jwks_ca_file + " holds no certificate (PEM)");
    }
  }
  if (settings.turn_mode == "managed" && turn::find_coturn().empty())
    findings.errors.emplace_back("turn.mode = managed: coturn is not installed (apt install coturn)");
  if (settings.tls_cert.empty()) return;
  const auto identity = read_identity(settings);
  if (!identity) {
    findings.errors.push_back(identity.error());
  } else if (!identity->warning().empty()) {
    findings.warnings.push_back(settings.tls_cert + ": " + identity->warning());
  }
}

}  // namespace zvonok::app
