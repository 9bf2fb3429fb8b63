#include "fetch/transfer.hpp"

#include <curl/curl.h>

#include <new>
#include <utility>

#include "base/assert.hpp"

namespace zvonok::fetch {
namespace {

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  ZVONOK_ASSERT(code == CURLE_OK);
}

}  // namespace

Transfer::Transfer(Request request)
    : request_(std::move(request)), handle_(curl_easy_init()), error_text_(CURL_ERROR_SIZE, '\0') {
  if (handle_ == nullptr) throw std::bad_alloc();
  set(handle_, CURLOPT_URL, request_.url.c_str());
  set(handle_, CURLOPT_PROTOCOLS_STR, "https");
  set(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.at_most.count()));
  set(handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.at_most.count()));
  set(handle_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.body_bytes_max));
  set(handle_, CURLOPT_QUICK_EXIT, 1L);        // else it waits for a resolver that does not answer
  set(handle_, CURLOPT_CA_CACHE_TIMEOUT, 0L);  // else a renewed ca_file is seen a day later
  set(handle_, CURLOPT_NOSIGNAL, 1L);          // signals are the main thread's
  set(handle_, CURLOPT_USERAGENT, "zvonok");
  set(handle_, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(handle_, CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(handle_, CURLOPT_WRITEFUNCTION, &Transfer::take);
  set(handle_, CURLOPT_ERRORBUFFER, error_text_.data());
  if (!request_.ca_file.empty()) {
    set(handle_, CURLOPT_CAINFO, request_.ca_file.c_str());
    set(handle_, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
}

Transfer::~Transfer() {
  curl_easy_cleanup(handle_);
}

std::size_t Transfer::take(const char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  if (length > transfer.request_.body_bytes_max - transfer.response_.body.size()) {
    transfer.too_large_ = true;
    return 0;  // anything but `length` ends the transfer
  }
  transfer.response_.body.append(bytes, length);
  return length;
}

Answer Transfer::finish(int code) {
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED)
    return base::Unexpected{"answers with more than " + std::to_string(request_.body_bytes_max) + " bytes"};
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return base::Unexpected{std::string("is not an https:// URL")};
  if (code == CURLE_OPERATION_TIMEDOUT)
    return base::Unexpected{"has not answered within " + std::to_string(request_.at_most.count()) + " ms"};
  if (code != CURLE_OK) {
    const std::string text(error_text_.c_str());
    return base::Unexpected{"does not answer (" +
                            (text.empty() ? curl_easy_strerror(static_cast<CURLcode>(code)) : text) + ")"};
  }
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

Answer get(Request request) {
  Transfer transfer(std::move(request));
  return transfer.finish(curl_easy_perform(transfer.handle()));
}

}  // namespace zvonok::fetch
