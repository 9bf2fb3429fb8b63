#include "http/router.hpp"

#include <string>
#include <utility>

#include "http/error.hpp"
#include "http/page.hpp"

namespace zvonok::http {
namespace {

constexpr std::string_view kDevLoginPath = "/api/dev/login";

Response method_not_allowed(std::string_view allowed) {
  Response response = error_response(Error::kMethodNotAllowed);
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

bool is_read(const Request& request) {
  return request.method == "GET" || request.method == "HEAD";
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
  Response response = respond(request);
  add_cors(settings_.cors_origins, request, response);
  reply(std::move(response));
}

Response Router::respond(const Request& request) const {
  // Load balancers probe with OPTIONS; it asks what is possible, and that is no error anywhere.
  if (request.method == "OPTIONS") {
    return {
        .status = 204, .content_type = "", .body = "", .headers = {{"Allow", "GET, HEAD, POST, OPTIONS"}}};
  }
  if (request.path == kDevLoginPath && dev_login_) {
    return request.method == "POST" ? dev_login_->answer(request, ports_.wall_now())
                                    : method_not_allowed("POST");
  }
  if (request.path == "/ws") {
    return is_read(request) ? error_response(Error::kNotAnUpgrade) : method_not_allowed("GET");
  }
  if (request.path == "/healthz") return is_read(request) ? health() : method_not_allowed("GET, HEAD");
  if (request.path == "/readyz") return is_read(request) ? readiness() : method_not_allowed("GET, HEAD");
  if (auto page = page_response(request))
    return is_read(request) ? *std::move(page) : method_not_allowed("GET, HEAD");
  return error_response(Error::kNotFound);
}

Response Router::health() const {
  return {.status = 200, .body = R"({"status":"ok"})"};
}

Response Router::readiness() const {
  if (!ports_.ready()) return error_response(Error::kDraining);
  return {.status = 200, .body = R"({"status":"ready"})"};
}

}  // namespace zvonok::http
