#include "notify/mail_sender.hpp"

#include <algorithm>
#include <utility>

#include "notify/mail.hpp"

namespace zvonok::notify {
namespace {

using Done = std::function<void(ports::CodeSent)>;

constexpr int kTries = 2;

/// It holds all that it needs: the sender may be gone when an answer comes. The mailer is there, or none
/// comes.
void try_to_send(fetch::Mailer& mailer, const fetch::Mail& mail, int tries, Done done) {
  mailer.send(mail, [&mailer, mail, tries, done = std::move(done)](const fetch::MailAnswer& answer) {
    if (answer) return done({});
    if (answer.error().may_pass && tries > 1) return try_to_send(mailer, mail, tries - 1, done);
    done(base::Unexpected{"login.smtp.url " + answer.error().why});
  });
}

/// Our name for the server: the domain of our mail, and not the machine's name, which is often none (RFC 5321
/// section 4.1.4 wants one, and a container has a row of digits).
std::string greeting_of(const Mailbox& from) {
  const auto domain = from.address.substr(from.address.rfind('@') + 1);
  const bool ascii = std::ranges::all_of(domain, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return ascii ? domain : "localhost";
}

}  // namespace

MailSender::MailSender(MailSettings settings, Service service, MailStamps stamps, fetch::Mailer& mailer)
    : settings_(std::move(settings)),
      service_(std::move(service)),
      stamps_(std::move(stamps)),
      mailer_(mailer) {}

void MailSender::send(ports::CodeMessage message, std::function<void(ports::CodeSent)> done) {
  const auto words = mail_words(service_, message.language, message.code.reveal());
  const auto text = mail_text({.from = settings_.from,
                               .to = message.address,
                               .subject = words.subject,
                               .body = words.body,
                               .date = stamps_.now(),
                               .id = stamps_.random_id()});
  if (!text) return done(base::Unexpected{std::string(text.error())});
  const SmtpServer& server = settings_.server;
  const fetch::Mail mail{.url = server.url,
                         .start_tls = server.start_tls,
                         .ca_file = settings_.ca_file,
                         .user = server.user,
                         .password = server.password,
                         .greeting = greeting_of(settings_.from),
                         .from = settings_.from.address,
                         .to = std::move(message.address),
                         .text = base::Redacted(*text),
                         .at_most = settings_.at_most};
  try_to_send(mailer_, mail, kTries, std::move(done));
}

}  // namespace zvonok::notify
