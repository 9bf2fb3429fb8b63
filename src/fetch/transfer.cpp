#include "fetch/transfer.hpp"

#include <curl/curl.h>

#include <new>
#include <utility>

#include "base/assert.hpp"

namespace zvonok::fetch {
namespace {

/// Of a URL of one of the two schemes.
bool is_plain(const std::string& url) {
  return url.size() > 4 && url[4] == ':';
}

}  // namespace

Transfer::Transfer(Request request) : Transfer(std::move(request), Schemes::kHttpsOnly) {}

Transfer::Transfer(Post post) : Transfer(std::move(post.to), post.schemes) {
  ZVONOK_ASSERT(post_problem(post).empty());
  body_ = std::move(post.body);
  add_header("Content-Type: " + post.content_type);
  for (const Header& header : post.headers) add_header(header.name + ": " + header.value.reveal());
  handle_.set(CURLOPT_HTTPHEADER, static_cast<void*>(headers_));
  handle_.set(CURLOPT_POST, 1L);
  handle_.set(CURLOPT_POSTFIELDS, body_.reveal().data());
  handle_.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.reveal().size()));
}

Transfer::Transfer(Request request, Schemes schemes)
    : request_(std::move(request)),
      schemes_(schemes),
      handle_({.url = request_.url, .ca_file = request_.ca_file, .at_most = request_.at_most}) {
  handle_.set(CURLOPT_PROTOCOLS_STR, schemes == Schemes::kHttpToo ? "http,https" : "https");
  handle_.set(CURLOPT_FOLLOWLOCATION, 0L);
  handle_.set(CURLOPT_MAXFILESIZE, static_cast<long>(request_.body_bytes_max));
  handle_.set(CURLOPT_USERAGENT, "zvonok");
  handle_.set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  handle_.set(CURLOPT_HEADERFUNCTION, &Transfer::take_head);
  handle_.set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  handle_.set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  // What is not encrypted is for one's own network: it must not be told to a proxy that was meant for
  // another.
  if (is_plain(request_.url)) handle_.set(CURLOPT_PROXY, "");
}

Transfer::~Transfer() {
  curl_slist_free_all(headers_);
}

void Transfer::add_header(const std::string& line) {
  curl_slist* const longer = curl_slist_append(headers_, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  headers_ = longer;
}

std::size_t Transfer::take_head(char* /*bytes*/, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  transfer.head_bytes_ += length;
  return transfer.head_bytes_ > kHeadBytesMax ? 0 : length;  // anything but `length` ends the transfer
}

std::size_t Transfer::take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  if (length > transfer.request_.body_bytes_max - transfer.response_.body.size()) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.response_.body.append(bytes, length);
  return length;
}

Answer Transfer::finish(int code) {
  const auto fails = [](std::string why) { return base::Unexpected{std::move(why)}; };
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED)
    return fails("answers with more than " + std::to_string(request_.body_bytes_max) + " bytes");
  if (head_bytes_ > kHeadBytesMax)
    return fails("answers with more than " + std::to_string(kHeadBytesMax) + " bytes of headers");
  // Later the same code says that the answer is no HTTP of today.
  const bool refused_url = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
  if (refused_url && !handle_.has_asked())
    return fails(schemes_ == Schemes::kHttpToo ? "is neither an http:// nor an https:// URL"
                                               : "is not an https:// URL");
  if (code != CURLE_OK) return fails(handle_.failure(code));
  response_.status = handle_.status();
  return std::move(response_);
}

Answer get(Request request) {
  Transfer transfer(std::move(request));
  return transfer.finish(curl_easy_perform(transfer.handle()));
}

}  // namespace zvonok::fetch
