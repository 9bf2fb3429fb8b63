// A message that is handed to a mail server (RFC 6409: submission), and what came of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/redacted.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace zvonok::fetch {

/// Of smtp://, which begins unencrypted; smtps:// is TLS from its first byte (RFC 8314).
enum class StartTls : std::uint8_t {
  kRequired,  // RFC 3207; from a server that does not offer it we go away, before user and password are told
  kNone,      // everything is sent unencrypted
};

struct Mail {
  std::string url;  // smtp://HOST:PORT or smtps://HOST:PORT and nothing else; any other scheme is an error
  StartTls start_tls = StartTls::kRequired;
  std::string ca_file;                   // as in Request
  std::string user;                      // empty: nobody logs in
  base::Redacted<std::string> password;  // of `user`
  std::string greeting;                  // the name that we say is ours (EHLO): a host's
  std::string from, to;                  // of the envelope: local@domain, without <>
  base::Redacted<std::string> text;      // headers and body, lines that end in CRLF (RFC 5322)
  base::Duration at_most{10'000};        // from looking up the name to the server's yes
};

struct MailFailure {
  std::string why;  // the end of the sentence "URL …"; it holds nothing of the message and no password
  bool may_pass =
      false;  // there was no connection or it broke, or the server said 4yz (RFC 5321 section 4.2.1)
};

/// Success: the server has taken the message upon itself.
using MailAnswer = base::Result<void, MailFailure>;

/// Why it cannot be sent at all; empty: it can. A line break in an address would be a command of its own.
std::string_view mail_problem(const Mail& mail);

}  // namespace zvonok::fetch
