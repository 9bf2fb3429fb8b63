// One request, fed in pieces: a head that has been judged (request_head.hpp), then its body as it arrives.
// The parsing is Beast's (1.81); here is what that needs of who feeds it.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/error.hpp"
#include "http/request.hpp"
#include "net/context.hpp"

namespace zvonok::net {

/// The verdict on a request does not hang on how its bytes were cut.
class RequestParser {
 public:
  explicit RequestParser(const ConnectionLimits& limits);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// The whole head, with its empty line.
  std::optional<http::Error> take_head(std::string_view head);
  /// As much of the body as there is, off the front of `input`.
  std::optional<http::Error> take_body(std::string& input);

  /// All of it has been taken.
  bool is_done() const { return parser_.is_done(); }
  /// The client wishes to send more after it, and may (RFC 9112 section 9.3).
  bool keeps_alive() const;
  /// Without its body. A trailer is no part of it: no proxy has looked at that (RFC 9110 section 6.5.1).
  http::Request head() const;
  /// Once, when it is done.
  std::string release_body() { return std::move(parser_.release().body()); }

 private:
  std::size_t put(std::string_view bytes, boost::system::error_code& error);
  bool awaits_more_than(std::string_view bytes) const;

  const std::size_t shown_max_;  // of the body
  std::size_t shown_ = 0;        // with the sizes and extensions of its chunks, and its trailers
  std::uint64_t body_bytes_left_;
  bool has_chunks_ = false;
  std::function<void(std::uint64_t, boost::beast::string_view, boost::system::error_code&)> on_chunk_;
  boost::beast::http::parser<true, boost::beast::http::string_body> parser_;
};

}  // namespace zvonok::net
