#include "net/request_head.hpp"

#include <algorithm>

#include "http/request.hpp"

namespace zvonok::net {
namespace {

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::string_view take_line(std::string_view& head) {
  const auto end = std::min(head.find("\r\n"), head.size());
  const auto line = head.substr(0, end);
  head.remove_prefix(std::min(end + 2, head.size()));
  return line;
}

// "METHOD SP target SP HTTP/1.x", with single blanks.
std::optional<http::Error> check_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last == first) return http::Error::kBadRequest;
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  const bool visible = std::ranges::all_of(target, [](char c) { return c > ' ' && c != 0x7f; });
  if (!std::ranges::all_of(method, is_token_char) || target.empty() || !visible)
    return http::Error::kBadRequest;
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
  return version.starts_with("HTTP/") ? http::Error::kWrongVersion : http::Error::kBadRequest;
}

// What may be said once only, since two readers would choose differently.
struct Framing {
  unsigned hosts = 0, lengths = 0, encodings = 0;
  bool encoding_is_chunked = false;
};

std::optional<http::Error> check_header_line(std::string_view line, Framing& framing) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return http::Error::kBadRequest;
  const auto name = line.substr(0, colon);
  // A blank before the colon and a line that begins with one (obs-fold) both fail here.
  if (!std::ranges::all_of(name, is_token_char)) return http::Error::kBadRequest;
  const auto value = trimmed(line.substr(colon + 1));
  if (http::equal_ignoring_case(name, "Host")) ++framing.hosts;
  if (http::equal_ignoring_case(name, "Content-Length")) {
    ++framing.lengths;
    const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (value.empty() || !digits) return http::Error::kBadRequest;
  }
  if (http::equal_ignoring_case(name, "Transfer-Encoding")) {
    ++framing.encodings;
    framing.encoding_is_chunked = http::equal_ignoring_case(value, "chunked");
  }
  return std::nullopt;
}

}  // namespace

std::optional<http::Error> check_partial_head(std::string_view head, std::size_t from) {
  for (std::size_t i = from; i < head.size(); ++i) {
    const auto c = static_cast<unsigned char>(head[i]);
    if (c == '\n' && (i == 0 || head[i - 1] != '\r')) return http::Error::kBadRequest;
    if (i > 0 && head[i - 1] == '\r' && c != '\n') return http::Error::kBadRequest;
    if ((c < ' ' && c != '\r' && c != '\n' && c != '\t') || c == 0x7f) return http::Error::kBadRequest;
  }
  return std::nullopt;
}

std::optional<http::Error> check_head(std::string_view head, std::size_t header_count_max) {
  const auto request_line = take_line(head);
  if (const auto error = check_request_line(request_line)) return error;
  Framing framing;
  for (std::size_t count = 0; !head.empty();) {
    if (++count > header_count_max) return http::Error::kHeadTooLarge;
    if (const auto error = check_header_line(take_line(head), framing)) return error;
  }
  const bool http_1_0 = request_line.ends_with("1.0");
  if (framing.hosts > 1 || (framing.hosts == 0 && !http_1_0)) return http::Error::kMissingHost;
  if (framing.lengths > 1 || framing.encodings > 1 || (framing.lengths > 0 && framing.encodings > 0)) {
    return http::Error::kBadRequest;
  }
  if (framing.encodings > 0 && (!framing.encoding_is_chunked || http_1_0)) return http::Error::kBadRequest;
  return std::nullopt;
}

}  // namespace zvonok::net
