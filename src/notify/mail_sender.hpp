// Login codes by mail, through the operator's mail server.
#pragma once

#include <functional>
#include <string>

#include "base/time.hpp"
#include "fetch/mailer.hpp"
#include "notify/code_text.hpp"
#include "notify/mailbox.hpp"
#include "notify/smtp_url.hpp"
#include "ports/code_sender.hpp"

namespace zvonok::notify {

struct MailSettings {
  SmtpServer server;    // login.smtp.url
  Mailbox from;         // login.smtp.from
  std::string ca_file;  // certificates (PEM) to trust in place of the machine's; empty: the machine's
  base::Duration at_most = base::seconds(10);  // of one try
};

/// What a mail has of its own.
struct MailStamps {
  std::function<base::WallTime()> now;
  std::function<std::string()> random_id;  // 128 random bits or more in letters, digits, - and _
};

/// The loop's thread, to which the mailer's answers come. One more try after a failure that may pass by
/// itself (no connection, or one that broke; a reply 4yz of RFC 5321 section 4.2.1), at once.
class MailSender final : public ports::CodeSender {
 public:
  /// The mailer must live as long as this. When it ends first, or while a mail is on its way, `done` is not
  /// called.
  MailSender(MailSettings settings, Service service, MailStamps stamps, fetch::Mailer& mailer);

  void send(ports::CodeMessage message, std::function<void(ports::CodeSent)> done) override;

 private:
  // Given to us.
  const MailSettings settings_;
  const Service service_;
  const MailStamps stamps_;
  fetch::Mailer& mailer_;
};

}  // namespace zvonok::notify
