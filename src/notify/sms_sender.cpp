#include "notify/sms_sender.hpp"

#include <algorithm>
#include <utility>

#include "base/host_port.hpp"
#include "fetch/control_characters.hpp"

namespace zvonok::notify {
namespace {

using Done = std::function<void(ports::CodeSent)>;

constexpr int kTries = 2;
// Nobody reads it; it only has to end.
constexpr std::size_t kAnswerBytesMax = 65'536;

/// Empty: it is sent.
std::string failure_of(const fetch::Answer& answer) {
  if (!answer) return answer.error();
  if (answer->status >= 200 && answer->status < 300) return {};
  const std::string status = "answers with status " + std::to_string(answer->status);
  const bool redirect = answer->status >= 300 && answer->status < 400;
  return redirect ? status + ": redirects are not followed, set the address that it leads to" : status;
}

/// It holds all that it needs: the sender may be gone when an answer comes. The client is there, or none
/// comes.
void try_to_send(fetch::Client& client, const fetch::Post& post, int tries, Done done) {
  client.post(post, [&client, post, tries, done = std::move(done)](const fetch::Answer& answer) {
    const auto failure = failure_of(answer);
    if (failure.empty()) return done({});
    if (tries > 1) return try_to_send(client, post, tries - 1, done);
    done(base::Unexpected{"login.sms.url " + failure});
  });
}

}  // namespace

std::string_view sms_url_problem(std::string_view url) {
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const auto rest = url.substr(scheme);
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  const auto [host, port] = base::split_host_port(authority.substr(authority.rfind('@') + 1));
  const bool fine = scheme != 0 && !host.empty() && (!port || base::parse_port(*port)) &&
                    rest.find('#') == rest.npos && rest.find(' ') == rest.npos &&
                    !fetch::has_control_character(rest);
  return fine ? std::string_view() : "a URL such as https://sms.example.com/send or http://10.0.0.5:8080/sms";
}

std::string_view authorization_problem(std::string_view value) {
  return fetch::has_control_character(value) ? "on one line" : std::string_view();
}

SmsSender::SmsSender(SmsSettings settings, Service service, fetch::Client& client)
    : settings_(std::move(settings)), service_(std::move(service)), client_(client) {}

void SmsSender::send(ports::CodeMessage message, std::function<void(ports::CodeSent)> done) {
  const std::string& code = message.code.reveal();
  const auto text = sms_text(service_, message.language, code);
  fetch::Post post{.to = {.url = settings_.url,
                          .ca_file = settings_.ca_file,
                          .body_bytes_max = kAnswerBytesMax,
                          .at_most = settings_.at_most},
                   .schemes = fetch::Schemes::kHttpToo,
                   .content_type = "application/json",
                   .body = base::Redacted(
                       sms_body(settings_.body, {.phone = message.address, .code = code, .text = text})),
                   .headers = {}};
  if (!settings_.authorization.reveal().empty())
    post.headers.push_back({.name = "Authorization", .value = settings_.authorization});
  try_to_send(client_, post, kTries, std::move(done));
}

}  // namespace zvonok::notify
