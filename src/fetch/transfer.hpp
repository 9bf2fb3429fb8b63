// One request on its way, as libcurl sees it.
#pragma once

#include <memory>
#include <string>

#include "fetch/request.hpp"

// libcurl's handle, so that nobody who includes this needs its header.
using CURL = void;

namespace zvonok::fetch {

/// One thread at a time. Its address must not change while it is on its way.
class Transfer {
 public:
  explicit Transfer(Request request);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  CURL* handle() const { return handle_; }

  /// What came of it; `code` is the CURLcode that libcurl ended with. Once.
  Answer finish(int code);

 private:
  static std::size_t take(const char* bytes, std::size_t size, std::size_t count, void* self);

  const Request request_;
  CURL* const handle_;
  Response response_;
  bool too_large_ = false;
  std::string error_text_;  // libcurl writes into it
};

/// Waits on the calling thread.
Answer get(Request request);

}  // namespace zvonok::fetch
