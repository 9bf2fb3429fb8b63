#include "http/page.hpp"

#include <algorithm>
#include <string>

#include "http/assets.hpp"

namespace zvonok::http {
namespace {

// The page loads nothing from elsewhere and runs nothing that stands in its HTML.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; connect-src 'self' ws: wss:; media-src 'self' blob: mediastream:; img-src 'self' "
    "data:; "
    "style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// RFC 9110 section 13.1.2. Weakly: a proxy that compresses has put `W/` before our tag.
bool knows(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || list_holds(if_none_match, etag) ||
         list_holds(if_none_match, "W/" + std::string(etag));
}

}  // namespace

bool is_page_path(std::string_view path) {
  return std::ranges::find(assets(), path, &Asset::path) != assets().end();
}

std::optional<Response> page_response(const Request& request) {
  const auto found = std::ranges::find(assets(), request.path, &Asset::path);
  if (found == assets().end()) return std::nullopt;
  Response response{.status = 200, .content_type = std::string(found->content_type), .body = ""};
  response.headers = {
      {"ETag", std::string(found->etag)},
      {"Cache-Control", "no-cache"},  // ask each time; the answer is a short 304 while nothing has changed
      {"Content-Security-Policy", std::string(kContentSecurityPolicy)},
      {"Referrer-Policy", "no-referrer"},
      {"Permissions-Policy", "camera=(self), microphone=(self)"},
  };
  if (knows(request.joined_header("If-None-Match"), found->etag)) {
    response.status = 304;
  } else {
    response.body = found->body;
  }
  return response;
}

}  // namespace zvonok::http
