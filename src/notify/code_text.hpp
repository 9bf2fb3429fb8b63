// What a message with a login code says, in the languages that we have.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "ports/code_sender.hpp"

namespace zvonok::notify {

/// What the messages name.
struct Service {
  std::string name;      // the host by which people know it, or "zvonok"
  std::string web_host;  // the host of its https page; empty: it has none, or only an address
  base::Duration code_life = base::minutes(10);
};

/// By the setting public_url, which may be empty.
Service service_of(std::string_view public_url);

struct MailWords {
  std::string subject, body;  // UTF-8; the code is in the body alone, since mail servers log subjects
};
MailWords mail_words(const Service& service, ports::Language language, std::string_view code);

/// Short, since a message of more than 70 characters in Russian, or 160 in English, is sent and paid for as
/// two (3GPP TS 23.038). With a page it ends with the line by which a browser fills the code in there, and
/// nowhere else (WICG, origin-bound one-time codes): that line names the service,
/// too, and a host of up to 21 characters leaves it one message.
std::string sms_text(const Service& service, ports::Language language, std::string_view code);

}  // namespace zvonok::notify
