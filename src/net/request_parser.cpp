#include "net/request_parser.hpp"

#include <stdexcept>
#include <utility>

namespace zvonok::net {
namespace {

using BeastError = boost::beast::http::error;

// The shortest chunked body (RFC 9112 section 7.1).
constexpr std::string_view kLastChunkMin = "0\r\n\r\n";

http::Error verdict_of(const boost::system::error_code& error) {
  if (error == BeastError::body_limit) return http::Error::kBodyTooLarge;
  if (error == BeastError::header_limit) return http::Error::kHeadTooLarge;
  return http::Error::kBadRequest;
}

}  // namespace

// Chunk extensions and trailers are no body to Beast, and it takes none of a line before its end: a bound on
// all that it is shown is one on them, too (RFC 9112 section 7.1.1).
RequestParser::RequestParser(const ConnectionLimits& limits)
    : shown_max_(limits.body_bytes + limits.header_bytes),
      body_bytes_left_(limits.body_bytes),
      on_chunk_([this](std::uint64_t size, boost::beast::string_view, boost::system::error_code&) {
        body_bytes_left_ -= size;
        has_chunks_ = true;
      }) {
  parser_.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  parser_.on_chunk_header(on_chunk_);
}

std::optional<http::Error> RequestParser::take_head(std::string_view head) {
  boost::system::error_code error;
  put(head, error);
  if (error || !parser_.is_header_done()) return verdict_of(error);
  parser_.eager(true);
  return std::nullopt;
}

std::optional<http::Error> RequestParser::take_body(std::string& input) {
  while (!is_done() && !input.empty()) {
    // Behind the bound nothing is judged, or the verdict would hang on how the bytes were cut.
    const auto shown = std::string_view(input).substr(0, shown_max_ - shown_);
    const bool is_all = shown.size() == input.size();
    if (shown.empty()) return http::Error::kBodyTooLarge;
    if (awaits_more_than(shown)) return std::nullopt;
    boost::system::error_code error;
    const auto used = put(shown, error);
    input.erase(0, used);
    shown_ += used;
    if (error == BeastError::need_more)
      return is_all ? std::nullopt : std::optional(http::Error::kBodyTooLarge);
    if (error) return verdict_of(error);
  }
  return std::nullopt;
}

std::size_t RequestParser::put(std::string_view bytes, boost::system::error_code& error) {
  // Beast takes a chunk's size off the limit whenever it looks at the chunk's line, which may be more than
  // once before all of it is there: the chunks whose line was taken count.
  parser_.body_limit(body_bytes_left_);
  try {
    return parser_.put(boost::asio::buffer(bytes), error);
  } catch (const std::length_error&) {
    // The name or value of a field, perhaps a trailer, is longer than 16 bits can say.
    error = BeastError::header_limit;
    return 0;
  }
}

// Beast takes the last chunk to be there as a whole once its line is: an assertion ends the process
// otherwise. Behind another chunk there is always enough, by the line end that belongs to that.
bool RequestParser::awaits_more_than(std::string_view bytes) const {
  return parser_.chunked() && !has_chunks_ && bytes.starts_with('0') && bytes.size() < kLastChunkMin.size();
}

bool RequestParser::keeps_alive() const {
  // An HTTP/1.0 client would have to be told that its wish to keep the connection is granted; it is not.
  return parser_.keep_alive() && parser_.get().version() == 11;
}

http::Request RequestParser::head() const {
  const auto& parsed = parser_.get();
  http::Request request;
  request.method = std::string(parsed.method_string());
  request.target = std::string(parsed.target());
  const auto parts = http::split_target(request.target);
  request.path = parts.path;
  request.query = parts.query;
  request.version = parsed.version();
  for (const auto& field : parsed) {
    request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return request;
}

}  // namespace zvonok::net
