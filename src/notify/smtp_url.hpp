// The mail server by which mail is sent, as the operator wrote it into one URL:
//
//  - smtps://USER:PASSWORD@mail.example.org: TLS from the first byte, port 465 (RFC 8314: the better one)
//  - smtp://USER:PASSWORD@mail.example.org: STARTTLS, port 587; a server without it gets nothing
//  - smtp://localhost:25: the machine's own, unencrypted, since it goes over no wire
//  - smtp://10.0.0.5:25?tls=none: unencrypted, user and password too, because the operator says so
//  - smtp://localhost:587?tls=starttls: STARTTLS even so
//
// What is special in a URL is written as %XX in user and password (RFC 3986 section 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/redacted.hpp"
#include "fetch/mail.hpp"

namespace zvonok::notify {

struct SmtpServer {
  std::string url;  // scheme, host and port, without user and password
  fetch::StartTls start_tls = fetch::StartTls::kRequired;
  std::string user;  // empty: nobody logs in
  base::Redacted<std::string> password;
};

std::optional<SmtpServer> read_smtp_url(std::string_view url);

/// What is wrong with a URL that an operator wrote, as the end of "must be …"; empty: nothing. It tells
/// nothing of it.
std::string_view smtp_url_problem(std::string_view url);

}  // namespace zvonok::notify
