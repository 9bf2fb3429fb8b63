#include "fetch/handle.hpp"

#include <curl/curl.h>

#include <new>

#include "base/assert.hpp"

namespace zvonok::fetch {
namespace {

// In brackets, since libcurl's macro of this name wants to know the option while compiling.
template <typename Value>
void set_option(CURL* handle, int option, Value value) {
  const CURLcode code = (curl_easy_setopt)(handle, static_cast<CURLoption>(option), value);
  ZVONOK_ASSERT(code == CURLE_OK);
}

}  // namespace

Handle::Handle(const Common& common)
    : handle_(curl_easy_init()), at_most_(common.at_most), error_text_(CURL_ERROR_SIZE, '\0') {
  if (handle_ == nullptr) throw std::bad_alloc();
  set(CURLOPT_URL, common.url.c_str());
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(at_most_.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(at_most_.count()));
  set(CURLOPT_QUICK_EXIT, 1L);        // else it waits for a resolver that does not answer
  set(CURLOPT_CA_CACHE_TIMEOUT, 0L);  // else a renewed ca_file is seen a day later
  set(CURLOPT_NOSIGNAL, 1L);          // signals are the main thread's
  set(CURLOPT_ERRORBUFFER, static_cast<void*>(error_text_.data()));
  if (!common.ca_file.empty()) {
    set(CURLOPT_CAINFO, common.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
}

Handle::~Handle() {
  curl_easy_cleanup(handle_);
}

void Handle::set(int option, long value) {
  set_option(handle_, option, value);
}
void Handle::set(int option, const char* text) {
  set_option(handle_, option, text);
}
void Handle::set(int option, void* object) {
  set_option(handle_, option, object);
}
void Handle::set(int option, Callback callback) {
  set_option(handle_, option, callback);
}

int Handle::status() const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

bool Handle::has_asked() const {
  long bytes = 0;
  curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &bytes);
  return bytes > 0;
}

std::string Handle::words(int code) const {
  const std::string text(error_text_.c_str());
  return text.empty() ? curl_easy_strerror(static_cast<CURLcode>(code)) : text;
}

std::string Handle::failure(int code) const {
  if (code == CURLE_OPERATION_TIMEDOUT)
    return "has not answered within " + std::to_string(at_most_.count()) + " ms";
  return "does not answer (" + words(code) + ")";
}

}  // namespace zvonok::fetch
