#include "app/login_settings.hpp"

#include <algorithm>

#include "accounts/address.hpp"
#include "app/settings_requirement.hpp"
#include "notify/mailbox.hpp"
#include "notify/sms_body.hpp"
#include "notify/sms_sender.hpp"
#include "notify/smtp_url.hpp"

namespace zvonok::app {
namespace {

constexpr std::string_view kLogin = "Logging in by a code";
constexpr std::string_view kStorage = "Where people are kept";

std::string_view require_registration(std::string_view text) {
  return text == "invite" || text == "domains" || text == "open" ? "" : "invite, domains or open";
}

std::string_view require_domain(std::string_view text) {
  const bool lower = std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  return lower && accounts::parse_email("a@" + std::string(text))
             ? ""
             : "a domain in lower case, such as example.com";
}

std::string_view require_country(std::string_view text) {
  return text.empty() || accounts::is_known_country(text)
             ? ""
             : "the two letters of a country (ISO 3166-1) whose national numbers are known, such as RU, or "
               "empty";
}

std::string_view require_sender(std::string_view text) {
  return text.empty() || notify::read_mailbox(text)
             ? ""
             : "an address, such as calls@example.com or Calls <calls@example.com>";
}

std::string_view require_sync(std::string_view text) {
  return text == "normal" || text == "full" ? "" : "normal or full";
}

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

std::vector<Setting> login_settings() {
  return {
      {"login.enabled", kLogin, "BOOL", &Settings::login_enabled,
       "whether people log in here, by a code that is sent to them; on with --dev",
       "Off for servers beside somebody else's login: they expose nothing of it."},
      {"login.registration", kLogin, "WHO", &Settings::login_registration,
       "who may become a user: invite (those with an invitation), domains (also those with mail there), "
       "open; open with --dev",
       "Invitations are made by `zvonok invite`. With open, strangers register, and nobody is found by name "
       "any more.",
       0, 0, require_registration},
      {"login.domains", kLogin, "LIST", &Settings::login_domains,
       "mail domains whose people may register, with login.registration = domains",
       "Not those where anybody gets an address.", 0, 0, require_domain},
      {"login.default_country", kLogin, "CC", &Settings::login_default_country,
       "country of phone numbers that are typed without one (RU: 8 999 …); empty: they must begin with +",
       "A wrong guess would send somebody else the code.", 0, 0, require_country},
      {"login.max_messages_per_hour", kLogin, "N", &Settings::login_max_messages_per_hour,
       "codes that are sent in an hour, in all; half of them to who registers uninvited",
       "An SMS costs money. A flood beyond this is stopped and logged as an error; so are real people.", 1,
       1'000'000},
      {"login.smtp.url", kLogin, "URL", &Settings::smtp_url,
       "mail server for codes: smtps://USER:PASSWORD@HOST, or smtp:// with STARTTLS",
       "What is special in a URL is written as %XX in user and password. localhost needs no TLS."},
      {"login.smtp.url_file", kLogin, "FILE", &Settings::smtp_url_file, "file that holds login.smtp.url",
       "As for jwt_secret_file, but read at the start alone.", 0, 0, require_path},
      {"login.smtp.from", kLogin, "ADDRESS", &Settings::smtp_from, "whom mails with codes come from",
       "Its domain must let this server send (SPF, DKIM), or they end as spam.", 0, 0, require_sender},
      {"login.smtp.ca_file", kLogin, "FILE", &Settings::smtp_ca_file,
       "certificates (PEM) that the mail server must be signed by; empty: what the machine trusts",
       "For a mail server of your own."},
      {"login.sms.url", kLogin, "URL", &Settings::sms_url, "SMS gateway that codes are sent to by POST",
       "https, or http in a network of your own. Any answer 2xx counts as sent."},
      {"login.sms.url_file", kLogin, "FILE", &Settings::sms_url_file, "file that holds login.sms.url",
       "As for jwt_secret_file, but read at the start alone.", 0, 0, require_path},
      {"login.sms.body", kLogin, "JSON", &Settings::sms_body,
       "what the gateway gets; {phone}, {code} and {text} are filled in", "Each gateway wants another JSON.",
       0, 0, notify::template_problem},
      {"login.sms.authorization", kLogin, "TEXT", &Settings::sms_authorization,
       "the gateway's Authorization header, whole: Bearer …; empty: none", "As for jwt_secret."},
      {"login.sms.authorization_file", kLogin, "FILE", &Settings::sms_authorization_file,
       "file that holds login.sms.authorization", "As for jwt_secret_file, but read at the start alone.", 0,
       0, require_path},
      {"login.sms.ca_file", kLogin, "FILE", &Settings::sms_ca_file,
       "certificates (PEM) that the gateway must be signed by; empty: what the machine trusts",
       "As for login.smtp.ca_file."},
  };
}

std::vector<Setting> storage_settings() {
  return {
      {"database_url", kStorage, "URL", &Settings::database_url,
       "PostgreSQL, as libpq takes it: postgresql://USER:PASSWORD@HOST/NAME; empty: SQLite in data_dir",
       "SQLite needs no care and is fast enough for one server. All tables are in the schema zvonok."},
      {"database_url_file", kStorage, "FILE", &Settings::database_url_file, "file that holds database_url",
       "As for jwt_secret_file, but read at the start alone.", 0, 0, require_path},
      {"storage.sync", kStorage, "WHEN", &Settings::storage_sync,
       "when SQLite counts something as kept: normal (it survives kill -9) or full (a power cut, too)",
       "full waits for the disk at each login.", 0, 0, require_sync},
  };
}

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
