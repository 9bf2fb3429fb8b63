#include "http/router.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "http/error.hpp"
#include "http/form.hpp"
#include "http/page.hpp"

namespace zvonok::http {
namespace {

/// What stands for the parameter of the route's path, "" if it has none; nullopt: the path is another.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const auto open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == path ? std::optional(std::string()) : std::nullopt;
  if (!path.starts_with(pattern.substr(0, open))) return std::nullopt;
  const auto segment = path.substr(open);
  if (segment.empty() || segment.find('/') != std::string_view::npos) return std::nullopt;
  return percent_decoded(segment);
}

void add_method(std::string& methods, std::string_view method) {
  methods += (methods.empty() ? "" : ", ") + std::string(method);
}

// A body that says nothing of itself may be JSON (RFC 9110 section 8.3), but that of a page: it could be sent
// by any, without a preflight.
bool is_json(const Request& request) {
  if (!request.has_header("Content-Type")) return !request.has_header("Origin");
  const auto type = request.joined_header("Content-Type");
  return equal_ignoring_case(trimmed(std::string_view(type).substr(0, type.find(';'))), "application/json");
}

/// What a server without the page has at `/`.
Response what_this_is() {
  return {
      .status = 200,
      .content_type = "text/plain; charset=utf-8",
      .body =
          "zvonok: a call server. Its API is described at /openapi.json; WebSockets are served at /ws.\n"};
}

// An answer to who asks for another method, or for what is possible: load balancers probe with OPTIONS.
Response other_methods(std::string_view method, std::string methods) {
  add_method(methods, "OPTIONS");
  Response response = method == "OPTIONS"
                          ? Response{.status = 204, .content_type = "", .body = "", .headers = {}}
                          : error_response(Error::kMethodNotAllowed);
  response.headers.push_back({"Allow", std::move(methods)});  // RFC 9110 section 15.5.6
  return response;
}

}  // namespace

Router::Router(RouterSettings settings, const Authenticator& authenticator, std::vector<Route> routes)
    : settings_(std::move(settings)), authenticator_(authenticator), routes_(std::move(routes)) {}

void Router::answer(const Request& request, const Reply& reply) const {
  if (is_for_own_pages(request.path)) return dispatch(request, reply);
  if (request.method == "OPTIONS" && request.has_header("Access-Control-Request-Method")) {
    return reply(preflight_response(settings_.cors_origins, request));
  }
  Response cors;
  add_cors(settings_.cors_origins, request, cors);
  dispatch(request, [headers = std::move(cors.headers), reply](Response response) {
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    reply(std::move(response));
  });
}

bool Router::is_for_own_pages(std::string_view path) const {
  return std::ranges::any_of(routes_, [path](const Route& route) {
    return route.pages == Route::Pages::kOwn && match(route.path, path);
  });
}

// Methods are told apart by case (RFC 9110 section 9.1): `get` is none of ours.
void Router::dispatch(const Request& request, const Reply& reply) const {
  std::string methods;
  for (const Route& route : routes_) {
    auto parameter = match(route.path, request.path);
    if (!parameter) continue;
    const bool fits = request.method == route.method || (route.answers_head && request.method == "HEAD");
    if (fits) return call(route, request, *std::move(parameter), reply);
    add_method(methods, route.method);
    if (route.answers_head) add_method(methods, "HEAD");
  }
  if (!methods.empty()) return reply(other_methods(request.method, std::move(methods)));

  const bool is_page = settings_.serves_page ? is_page_path(request.path) : request.path == "/";
  if (!is_page) return reply(error_response(Error::kNotFound));
  if (request.method != "GET" && request.method != "HEAD")
    return reply(other_methods(request.method, "GET, HEAD"));
  reply(settings_.serves_page ? *page_response(request) : what_this_is());
}

void Router::call(const Route& route, const Request& request, std::string parameter,
                  const Reply& reply) const {
  if (!route.request_schema.empty() && !is_json(request))
    return reply(error_response(Error::kWrongMediaType));
  if (route.access == Route::Access::kEverybody) {
    return route.handle({request, ports::Identity{}, std::move(parameter)}, reply);
  }
  authenticator_.check(request, reply,
                       [&route, parameter = std::move(parameter), reply](const Request& asked,
                                                                         const ports::Identity& identity) {
                         route.handle({asked, identity, parameter}, reply);
                       });
}

}  // namespace zvonok::http
