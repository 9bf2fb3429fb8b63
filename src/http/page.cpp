#include "http/page.hpp"

#include <algorithm>
#include <string>

#include "http/assets.hpp"
#include "http/weighted_list.hpp"

namespace zvonok::http {
namespace {

// The page loads nothing from elsewhere and runs nothing that stands in its HTML.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; connect-src 'self'; media-src 'self' blob: mediastream:; img-src 'self' "
    "data: https:; "  // avatars are wherever people keep them
    "style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// RFC 9110 section 13.1.2. Weakly: a proxy that compresses has put `W/` before our tag.
bool knows(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || list_holds(if_none_match, etag) ||
         list_holds(if_none_match, "W/" + std::string(etag));
}

bool takes_gzip(const Request& request) {
  const auto accepted = request.joined_header("Accept-Encoding");
  return std::ranges::any_of(read_weighted_list(accepted), [](const Weighted& entry) {
    return equal_ignoring_case(entry.name, "gzip") && entry.weight > 0;
  });
}

// Other bytes, other tag (RFC 9110 section 8.8.3).
std::string tag_of_gzip(std::string_view etag) {
  return std::string(etag.substr(0, etag.size() - 1)) + "-gz\"";
}

// Files below assets/ have a hash of themselves in their names; the page that names them is asked for each
// time, and the answer is a short 304 while nothing has changed.
std::string_view cache_control(std::string_view path) {
  return path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

}  // namespace

bool is_page_path(std::string_view path) {
  return std::ranges::find(assets(), path, &Asset::path) != assets().end();
}

std::optional<Response> page_response(const Request& request) {
  const auto found = std::ranges::find(assets(), request.path, &Asset::path);
  if (found == assets().end()) return std::nullopt;
  Response response{.status = 200, .content_type = std::string(found->content_type), .body = ""};
  const bool compressed = !found->gzip.empty() && takes_gzip(request);
  const auto etag = compressed ? tag_of_gzip(found->etag) : std::string(found->etag);
  response.headers = {
      {"ETag", etag},
      {"Cache-Control", std::string(cache_control(found->path))},
      {"Vary", "Accept-Encoding"},
      {"Content-Security-Policy", std::string(kContentSecurityPolicy)},
      {"Referrer-Policy", "no-referrer"},
      {"Permissions-Policy", "camera=(self), microphone=(self)"},
  };
  if (compressed) response.headers.push_back({"Content-Encoding", "gzip"});
  if (knows(request.joined_header("If-None-Match"), etag)) {
    response.status = 304;
  } else {
    response.body = compressed ? found->gzip : found->body;
  }
  return response;
}

}  // namespace zvonok::http
