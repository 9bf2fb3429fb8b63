#include "app/login_settings.hpp"

#include <algorithm>
#include <string>

#include "accounts/email.hpp"
#include "accounts/phone.hpp"
#include "app/settings_requirement.hpp"
#include "notify/mailbox.hpp"
#include "notify/sms_body.hpp"

namespace zvonok::app {
namespace {

constexpr std::string_view kLogin = "Logging in by a code";

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

}  // namespace zvonok::app
