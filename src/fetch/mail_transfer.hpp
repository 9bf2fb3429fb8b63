// One message on its way to a mail server, as libcurl sees it.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "fetch/handle.hpp"
#include "fetch/mail.hpp"

// libcurl's list of recipients.
struct curl_slist;

namespace zvonok::fetch {

/// One thread at a time. Its address must not change.
class MailTransfer {
 public:
  /// mail_problem has found nothing (asserted).
  explicit MailTransfer(Mail mail);
  MailTransfer(const MailTransfer&) = delete;
  MailTransfer& operator=(const MailTransfer&) = delete;
  ~MailTransfer();

  /// Waits on the calling thread for what comes of it; once. Within a second after `stop` has become true it
  /// gives up, with an error that is for nobody.
  MailAnswer perform(const std::atomic<bool>& stop);

  /// Of all that the server says: enough for every server, and not for one that never ends.
  static constexpr std::size_t kRepliesBytesMax = 16'384;

 private:
  MailAnswer answer(int code) const;
  void wait_for_replies(base::Duration at_most);
  static std::size_t take_reply(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t give_text(char* bytes, std::size_t size, std::size_t count, void* self);

  const Mail mail_;
  curl_slist* recipients_ = nullptr;
  Handle handle_;
  std::size_t replies_bytes_ = 0;
  std::size_t given_bytes_ = 0;  // of the text
  bool all_given_ = false;
};

}  // namespace zvonok::fetch
