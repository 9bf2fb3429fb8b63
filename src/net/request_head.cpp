#include "net/request_head.hpp"

#include <algorithm>
#include <array>

#include "http/request.hpp"

namespace zvonok::net {
namespace {

using CharSet = std::array<bool, 256>;

// RFC 9110 section 5.6.2.
constexpr CharSet kTokenChars = [] {
  CharSet set{};
  for (const unsigned char c :
       std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    set[c] = true;
  return set;
}();

// What may stand anywhere in a head: all but control characters, of which a tab is none here.
constexpr CharSet kOrdinaryChars = [] {
  CharSet set{};
  for (std::size_t c = 0; c < set.size(); ++c) set[c] = (c >= ' ' && c != 0x7f) || c == '\t';
  return set;
}();

bool is_in(const CharSet& set, char c) {
  return set[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_in(kTokenChars, c); });
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
  const bool visible = std::ranges::all_of(target, [](unsigned char c) { return c > ' ' && c < 0x7f; });
  if (!is_token(method) || target.empty() || !visible) return http::Error::kBadRequest;
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
  if (!is_token(name)) return http::Error::kBadRequest;
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
  if (from > 0 && head[from - 1] == '\r') --from;  // its LF may be what has come now
  for (std::size_t i = from; i < head.size(); ++i) {
    if (is_in(kOrdinaryChars, head[i])) continue;
    if (head[i] != '\r') return http::Error::kBadRequest;
    if (++i < head.size() && head[i] != '\n') return http::Error::kBadRequest;
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
