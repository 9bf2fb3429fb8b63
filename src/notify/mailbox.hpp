// Whom a mail is from or to: an address, and perhaps a name before it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zvonok::notify {

/// local@domain as it may stand in a header and in a command without quotes (RFC 5321 section 4.1.2; UTF-8 by
/// RFC 6531), of at most 254 bytes. Whoever gives one has checked it before; this keeps line breaks, lists
/// and comments out of what is sent even so.
bool is_mail_address(std::string_view text);

struct Mailbox {
  std::string name;     // UTF-8 without control characters; empty: none
  std::string address;  // is_mail_address
};

/// Reads `a@example.org`, `Calls <a@example.org>` and `"Calls, Inc." <a@example.org>`. Anything else:
/// nullopt.
std::optional<Mailbox> read_mailbox(std::string_view text);

/// What is wrong with a mailbox that an operator wrote, as the end of "must be …"; empty: nothing.
std::string_view mailbox_problem(std::string_view text);

}  // namespace zvonok::notify
