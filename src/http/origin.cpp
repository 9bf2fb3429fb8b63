#include "http/origin.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace zvonok::http {

std::string normalised_origin(std::string_view origin) {
  std::string normal(origin);
  std::ranges::transform(normal, normal.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kDefaultPorts{
      {{"https://", ":443"}, {"http://", ":80"}}};
  for (const auto& [scheme, port] : kDefaultPorts) {
    if (normal.starts_with(scheme) && normal.ends_with(port)) normal.resize(normal.size() - port.size());
  }
  return normal;
}

OriginList::OriginList(const std::vector<std::string>& origins) {
  for (const auto& origin : origins) origins_.push_back(normalised_origin(origin));
}

bool OriginList::holds(std::string_view origin) const {
  return std::ranges::find(origins_, normalised_origin(origin)) != origins_.end();
}

bool websocket_origin_allowed(const OriginList& allowed, const Request& request) {
  if (allowed.empty() || !request.has_header("Origin")) return true;
  // Two Origin lines become one text that is in no list.
  return allowed.holds(request.joined_header("Origin"));
}

void add_cors(const OriginList& allowed, const Request& request, Response& response) {
  if (allowed.empty()) return;
  response.headers.push_back({"Vary", "Origin"});
  const auto origin = request.joined_header("Origin");
  if (origin.empty() || !allowed.holds(origin)) return;
  response.headers.push_back({"Access-Control-Allow-Origin", origin});
  response.headers.push_back({"Access-Control-Expose-Headers", "Retry-After"});
}

Response preflight_response(const OriginList& allowed, const Request& request) {
  Response response{.status = 204, .content_type = "", .body = ""};
  add_cors(allowed, request, response);
  const bool permitted =
      std::ranges::any_of(response.headers, [](const Header& h) { return h.name.starts_with("Access"); });
  if (!permitted) return response;
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"});
  response.headers.push_back({"Access-Control-Allow-Headers", "Authorization, Content-Type"});
  response.headers.push_back({"Access-Control-Max-Age", "600"});
  return response;
}

}  // namespace zvonok::http
