// Login codes by SMS, through a gateway that takes a POST of JSON: somebody's service, or a box with a SIM
// card in the cellar.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/redacted.hpp"
#include "base/time.hpp"
#include "fetch/client.hpp"
#include "notify/code_text.hpp"
#include "notify/sms_body.hpp"
#include "ports/code_sender.hpp"

namespace zvonok::notify {

struct SmsSettings {
  std::string url;  // login.sms.url: https, or http in one's own network; sms_url_problem has found nothing
  std::string body{kSmsBodyDefault};          // login.sms.body: template_problem has found nothing
  base::Redacted<std::string> authorization;  // of the header of this name, whole ("Bearer …"); empty: none
  std::string ca_file;  // certificates (PEM) to trust in place of the machine's; empty: the machine's
  base::Duration at_most = base::seconds(10);  // of one try
};

/// What is wrong with a URL that an operator wrote, as the end of "must be …"; empty: nothing. It tells
/// nothing of it.
std::string_view sms_url_problem(std::string_view url);

/// The same of the value of a header.
std::string_view authorization_problem(std::string_view value);

/// The loop's thread, to which the client's answers come. Any status 2xx is success, whatever the body says.
/// One more try after anything else, at once; a redirect is a failure, since what follows it would be another
/// server.
class SmsSender final : public ports::CodeSender {
 public:
  /// The client must live as long as this. When it ends first, or while an SMS is on its way, `done` is not
  /// called.
  SmsSender(SmsSettings settings, Service service, fetch::Client& client);

  void send(ports::CodeMessage message, std::function<void(ports::CodeSent)> done) override;

 private:
  // Given to us.
  const SmsSettings settings_;
  const Service service_;
  fetch::Client& client_;
};

}  // namespace zvonok::notify
