// A mail as text (RFC 5322): pure ASCII on the wire but for addresses that are not, whatever language it is
// in, so that it passes every server; and nothing that is put into it can begin a header of its own.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "notify/mailbox.hpp"

namespace zvonok::notify {

struct MailParts {
  const Mailbox& from;
  std::string_view to;       // is_mail_address
  std::string_view subject;  // UTF-8, one line
  std::string_view body;     // UTF-8, lines that end in \n
  base::WallTime date{};
  std::string_view
      id;  // letters, digits, - and _: what makes the Message-ID one of a kind (128 random bits do)
};

/// Headers and body, lines that end in CRLF and have at most 76 bytes unless an address is longer. The error
/// is the end of "no login code was sent: …": a control character, or an address that is none.
base::Result<std::string, std::string_view> mail_text(const MailParts& parts);

}  // namespace zvonok::notify
