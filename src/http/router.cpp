#include "http/router.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "http/error.hpp"
#include "http/page.hpp"

namespace zvonok::http {
namespace {

constexpr std::string_view kDevLoginPath = "/api/dev/login";
constexpr std::string_view kIceServersPath = "/api/ice-servers";
constexpr std::string_view kWebSocketPath = "/ws";
constexpr std::string_view kHealthPath = "/healthz";
constexpr std::string_view kReadinessPath = "/readyz";

Response method_not_allowed(std::string_view allowed) {
  Response response = error_response(Error::kMethodNotAllowed);
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

// Methods are told apart by case (RFC 9110 section 9.1): `get` is none of ours.
bool allows(std::string_view methods, std::string_view method) {
  while (!methods.empty()) {
    const auto end = std::min(methods.find(", "), methods.size());
    if (methods.substr(0, end) == method) return true;
    methods.remove_prefix(std::min(end + 2, methods.size()));
  }
  return false;
}

}  // namespace

Router::Router(RouterSettings settings, RouterPorts ports, std::optional<DevLogin> dev_login)
    : settings_(std::move(settings)), ports_(std::move(ports)), dev_login_(std::move(dev_login)) {}

void Router::answer(const Request& request, const Reply& reply) const {
  // The dev login answers no other page, whatever the lists say.
  if (request.path == kDevLoginPath) return reply(respond(request));
  if (request.method == "OPTIONS" && request.has_header("Access-Control-Request-Method")) {
    return reply(preflight_response(settings_.cors_origins, request));
  }
  Response cors;
  add_cors(settings_.cors_origins, request, cors);
  const auto reply_with_cors = [headers = std::move(cors.headers), reply](Response response) {
    response.headers.insert(response.headers.end(), headers.begin(), headers.end());
    reply(std::move(response));
  };
  if (request.path == kIceServersPath && request.method == "GET")
    return ports_.ice_servers(request, reply_with_cors);
  reply_with_cors(respond(request));
}

Response Router::respond(const Request& request) const {
  const auto methods = methods_of(request);
  if (methods.empty()) return error_response(Error::kNotFound);
  // Load balancers probe with OPTIONS; it asks what is possible, and that is no error.
  if (request.method == "OPTIONS") {
    return {.status = 204, .content_type = "", .body = "", .headers = {{"Allow", std::string(methods)}}};
  }
  if (!allows(methods, request.method)) return method_not_allowed(methods);
  if (request.path == kDevLoginPath) return dev_login_->answer(request, ports_.wall_now());
  if (request.path == kWebSocketPath) return error_response(Error::kNotAnUpgrade);
  if (request.path == kHealthPath) return health();
  if (request.path == kReadinessPath) return readiness();
  return *page_response(request);
}

// Empty: there is nothing at that path.
std::string_view Router::methods_of(const Request& request) const {
  if (request.path == kDevLoginPath) return dev_login_ ? "POST, OPTIONS" : "";
  if (request.path == kIceServersPath) return "GET, OPTIONS";
  const bool known = request.path == kWebSocketPath || request.path == kHealthPath ||
                     request.path == kReadinessPath || is_page_path(request.path);
  return known ? "GET, HEAD, OPTIONS" : "";
}

Response Router::health() const {
  return {.status = 200, .body = R"({"status":"ok"})"};
}

Response Router::readiness() const {
  if (!ports_.ready()) return error_response(Error::kDraining);
  return {.status = 200, .body = R"({"status":"ready"})"};
}

}  // namespace zvonok::http
