#include "notify/code_delivery.hpp"

#include <string>
#include <utility>

namespace zvonok::notify {

void CodeDelivery::send(ports::CodeMessage message, std::function<void(ports::CodeSent)> done) {
  const bool mail = message.kind == ports::AddressKind::kEmail;
  ports::CodeSender* const adapter = mail ? adapters_.mail.get() : adapters_.sms.get();
  const auto fails = [&done](std::string why) { done(base::Unexpected{std::move(why)}); };
  if (adapter == nullptr) {
    return fails(mail ? "no delivery for e-mail is set (login.smtp.url)"
                      : "no delivery for SMS is set (login.sms.url)");
  }
  const auto& under_way = mail ? mails_under_way_ : sms_under_way_;
  if (*under_way >= kUnderWayMax)
    return fails(std::to_string(kUnderWayMax) + (mail ? " mails" : " SMS") + " are on their way already");
  ++*under_way;
  adapter->send(std::move(message), [under_way, done = std::move(done)](const ports::CodeSent& sent) {
    --*under_way;
    done(sent);
  });
}

}  // namespace zvonok::notify
