// libcurl's handle of one transfer, with what holds for all of ours: a time in which it is over, TLS 1.2 or
// newer, whom to trust, no signals.
#pragma once

#include <cstddef>
#include <string>

#include "base/time.hpp"

// libcurl's handle, so that nobody who includes this needs its header.
using CURL = void;

namespace zvonok::fetch {

/// One thread at a time. Its address must not change.
class Handle {
 public:
  /// libcurl's callbacks for what came and what is to go.
  using Callback = std::size_t (*)(char* bytes, std::size_t size, std::size_t count, void* data);

  struct Common {
    const std::string& url;
    const std::string& ca_file;  // empty: the machine's
    base::Duration at_most;
  };
  explicit Handle(const Common& common);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  CURL* get() const { return handle_; }

  /// `option` is a CURLoption of that type; a wrong one is a bug (asserted). libcurl copies strings, but for
  /// CURLOPT_POSTFIELDS.
  void set(int option, long value);
  void set(int option, const char* text);
  void set(int option, void* object);
  void set(int option, Callback callback);

  /// The last status of the server, of HTTP or SMTP; 0: there was none.
  int status() const;
  /// Whether a request of HTTP was sent.
  bool has_asked() const;
  /// What libcurl says about how it ended, in a few words; `code` is its CURLcode.
  std::string words(int code) const;
  /// The end of "URL …" for a transfer that failed in a way of no protocol: "does not answer (…)".
  std::string failure(int code) const;

 private:
  CURL* const handle_;
  const base::Duration at_most_;
  std::string error_text_;  // libcurl writes into it
};

}  // namespace zvonok::fetch
