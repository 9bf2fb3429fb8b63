// One request over HTTP or HTTPS on its way, as libcurl sees it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/redacted.hpp"
#include "fetch/handle.hpp"
#include "fetch/post.hpp"
#include "fetch/request.hpp"

// libcurl's list of headers.
struct curl_slist;

namespace zvonok::fetch {

/// One thread at a time. Its address must not change while it is on its way.
class Transfer {
 public:
  explicit Transfer(Request request);
  /// post_problem has found nothing (asserted).
  explicit Transfer(Post post);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  CURL* handle() const { return handle_.get(); }

  /// What came of it; `code` is the CURLcode that libcurl ended with. Once.
  Answer finish(int code);

  /// Of all lines before the body together: enough for every server, and not for one that never ends.
  static constexpr std::size_t kHeadBytesMax = 65'536;

 private:
  Transfer(Request request, Schemes schemes);
  void add_header(const std::string& line);
  static std::size_t take_head(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);

  const Request request_;
  const Schemes schemes_;
  base::Redacted<std::string> body_;  // libcurl reads it
  curl_slist* headers_ = nullptr;
  Handle handle_;
  std::size_t head_bytes_ = 0;
  Response response_;
  bool too_large_ = false;
};

/// Waits on the calling thread.
Answer get(Request request);

}  // namespace zvonok::fetch
