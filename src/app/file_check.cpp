#include "app/file_check.hpp"

#include "app/certificate.hpp"
#include "app/config_reader.hpp"
#include "app/keys.hpp"
#include "app/remote_keys.hpp"
#include "turn/coturn_process.hpp"

namespace zvonok::app {

std::string problem_of_certificates(const std::string& setting, const std::string& path) {
  if (path.empty()) return {};
  const auto read = read_regular_file(path, kCertificatesBytesMax);
  if (!read) return setting + " " + path + " " + read.error();
  if (read->find("CERTIFICATE-----") == std::string::npos)
    return setting + " " + path + " holds no certificate (PEM)";
  return {};
}

std::string problem_of_login_files(const Settings& settings) {
  if (!settings.login_enabled) return {};
  auto problem = problem_of_certificates("login.smtp.ca_file", settings.smtp_ca_file);
  return problem.empty() ? problem_of_certificates("login.sms.ca_file", settings.sms_ca_file) : problem;
}

void check_files(const Settings& settings, Findings& findings) {
  const auto keys = read_keys(settings, findings.warnings);
  if (!keys) findings.errors.push_back(keys.error());
  if (const auto problem = problem_of_certificates("jwks.ca_file", settings.jwks_ca_file); !problem.empty())
    findings.errors.push_back(problem);
  if (const auto problem = problem_of_login_files(settings); !problem.empty())
    findings.errors.push_back(problem);
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
