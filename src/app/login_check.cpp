#include "app/login_check.hpp"

#include <algorithm>
#include <string>

#include "notify/sms_sender.hpp"
#include "notify/smtp_url.hpp"

namespace zvonok::app {
namespace {

void check_delivery(const Settings& settings, Mode mode, Findings& findings) {
  const bool mails = !settings.smtp_url.reveal().empty();
  const bool texts = !settings.sms_url.reveal().empty();
  // A secret is judged here and not as it is read: what is wrong with it is said without it.
  if (mails) {
    if (const auto problem = notify::smtp_url_problem(settings.smtp_url.reveal()); !problem.empty())
      findings.errors.push_back("login.smtp.url must be " + std::string(problem));
    if (settings.smtp_from.empty())
      findings.errors.emplace_back(
          "login.smtp.url is set and login.smtp.from is not: set it to the address that mails come from");
  } else if (!settings.smtp_from.empty()) {
    findings.errors.emplace_back("login.smtp.from is set and login.smtp.url, the mail server, is not");
  }
  if (texts) {
    if (const auto problem = notify::sms_url_problem(settings.sms_url.reveal()); !problem.empty())
      findings.errors.push_back("login.sms.url must be " + std::string(problem));
    const auto& authorization = settings.sms_authorization.reveal();
    if (const auto problem = notify::authorization_problem(authorization);
        !authorization.empty() && !problem.empty())
      findings.errors.push_back("login.sms.authorization must be " + std::string(problem));
  }
  if (!mails && !texts && mode == Mode::kServe)
    findings.errors.emplace_back(
        "login.enabled needs a way to send codes: set login.smtp.url for mail, or login.sms.url for SMS");
}

}  // namespace

void check_login(const Settings& settings, Mode mode, Findings& findings) {
  if (!settings.login_enabled) {
    if (!settings.smtp_url.reveal().empty() || !settings.sms_url.reveal().empty() ||
        !settings.login_domains.empty())
      findings.warnings.emplace_back(
          "settings of login.… are set, and login.enabled is false: nobody logs in here");
    return;
  }
  check_delivery(settings, mode, findings);
  if (settings.jwt_secret.reveal().empty() && mode == Mode::kServe)
    findings.errors.emplace_back("login.enabled needs jwt_secret: tokens are signed with it");
  if (!settings.jwt_algs.empty() && std::ranges::find(settings.jwt_algs, "HS256") == settings.jwt_algs.end())
    findings.errors.emplace_back(
        "login.enabled signs tokens by HS256, which jwt_algs does not allow: add it");
  const bool by_domain = settings.login_registration == "domains";
  if (by_domain && settings.login_domains.empty())
    findings.errors.emplace_back("login.registration = domains needs login.domains: the list of them");
  if (!by_domain && !settings.login_domains.empty())
    findings.errors.push_back("login.domains is set, and login.registration is " +
                              settings.login_registration + ": set it to domains, or remove the list");
  if (by_domain && settings.smtp_url.reveal().empty() && mode == Mode::kServe)
    findings.errors.emplace_back(
        "login.registration = domains needs login.smtp.url: who has an address there is found out by mail");
}

}  // namespace zvonok::app
