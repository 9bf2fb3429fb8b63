#include "fetch/mail_transfer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/assert.hpp"

namespace zvonok::fetch {
namespace {

// After it has said QUIT, libcurl waits for an answer, beyond the transfer's time: whoever waits for ours
// would wait for a farewell, too. It takes whole seconds.
constexpr base::Duration kFarewellMax = base::seconds(1);

/// Whether it is as if the server had not been there: nothing was decided about the message.
bool no_connection(int code) {
  constexpr CURLcode kCodes[]{CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_GOT_NOTHING,
                              CURLE_SEND_ERROR,           CURLE_RECV_ERROR,      CURLE_SSL_CONNECT_ERROR};
  return std::ranges::find(kCodes, code) != std::end(kCodes);
}

}  // namespace

MailTransfer::MailTransfer(Mail mail)
    : mail_(std::move(mail)),
      recipients_(curl_slist_append(nullptr, mail_.to.c_str())),
      // libcurl greets with what stands in the path.
      handle_({.url = mail_.url + "/" + mail_.greeting, .ca_file = mail_.ca_file, .at_most = mail_.at_most}) {
  ZVONOK_ASSERT(mail_problem(mail_).empty());
  if (recipients_ == nullptr) throw std::bad_alloc();
  handle_.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  handle_.set(CURLOPT_USE_SSL,
              static_cast<long>(mail_.start_tls == StartTls::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  handle_.set(CURLOPT_PROXY, "");  // those of the environment are for the web
  // A mail server lets idle connections go, and who comes to a dead one loses a message.
  handle_.set(CURLOPT_FORBID_REUSE, 1L);
  if (!mail_.user.empty()) {
    handle_.set(CURLOPT_USERNAME, mail_.user.c_str());
    handle_.set(CURLOPT_PASSWORD, mail_.password.reveal().c_str());
  }
  handle_.set(CURLOPT_MAIL_FROM, mail_.from.c_str());
  handle_.set(CURLOPT_MAIL_RCPT, static_cast<void*>(recipients_));
  handle_.set(CURLOPT_UPLOAD, 1L);
  handle_.set(CURLOPT_INFILESIZE, static_cast<long>(mail_.text.reveal().size()));
  handle_.set(CURLOPT_READDATA, static_cast<void*>(this));
  handle_.set(CURLOPT_READFUNCTION, &MailTransfer::give_text);
  handle_.set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  handle_.set(CURLOPT_HEADERFUNCTION, &MailTransfer::take_reply);
  wait_for_replies(mail_.at_most);
}

MailTransfer::~MailTransfer() {
  curl_slist_free_all(recipients_);
}

void MailTransfer::wait_for_replies(base::Duration at_most) {
  const auto seconds = std::chrono::ceil<base::seconds>(at_most);
  handle_.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(seconds.count()));
}

std::size_t MailTransfer::take_reply(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<MailTransfer*>(self);
  const std::size_t length = size * count;
  transfer.replies_bytes_ += length;
  if (transfer.replies_bytes_ > kRepliesBytesMax) return 0;  // anything but `length` ends the transfer
  const bool refused = length > 0 && (bytes[0] == '4' || bytes[0] == '5');
  transfer.wait_for_replies(refused || transfer.all_given_ ? kFarewellMax : transfer.mail_.at_most);
  return length;
}

std::size_t MailTransfer::give_text(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<MailTransfer*>(self);
  const std::string& text = transfer.mail_.text.reveal();
  const std::size_t given = text.copy(bytes, size * count, transfer.given_bytes_);
  transfer.given_bytes_ += given;
  transfer.all_given_ = transfer.given_bytes_ == text.size();
  return given;
}

MailAnswer MailTransfer::perform(const std::atomic<bool>& stop) {
  // libcurl asks at least once a second whether to go on.
  constexpr auto kStops = [](void* flag, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> int {
    return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0;
  };
  const curl_xferinfo_callback stops = kStops;
  const std::atomic<bool>* flag = &stop;
  curl_easy_setopt(handle_.get(), CURLOPT_XFERINFOFUNCTION, stops);
  curl_easy_setopt(handle_.get(), CURLOPT_XFERINFODATA, flag);
  handle_.set(CURLOPT_NOPROGRESS, 0L);
  return answer(curl_easy_perform(handle_.get()));
}

MailAnswer MailTransfer::answer(int code) const {
  const auto fails = [](std::string why, bool may_pass = false) {
    return base::Unexpected{MailFailure{.why = std::move(why), .may_pass = may_pass}};
  };
  if (code == CURLE_OK) return {};
  if (replies_bytes_ > kRepliesBytesMax)
    return fails("answers with more than " + std::to_string(kRepliesBytesMax) + " bytes");
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return fails("is neither an smtp:// nor an smtps:// URL");
  const int reply = handle_.status();
  if (code != CURLE_OPERATION_TIMEDOUT && reply >= 400)
    return fails("answers " + std::to_string(reply) + " (" + handle_.words(code) + ")", reply < 500);
  if (code == CURLE_USE_SSL_FAILED) return fails("does not offer STARTTLS, and nothing is sent without");
  return fails(handle_.failure(code), no_connection(code));
}

}  // namespace zvonok::fetch
