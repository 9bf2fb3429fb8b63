#include "http/dev_login.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/constant_time.hpp"
#include "base/host_port.hpp"
#include "http/error.hpp"
#include "http/json_response.hpp"

namespace zvonok::http {
namespace {

// Long enough that nobody is logged out while trying things, short enough that a forgotten one ends.
constexpr base::Duration kTokenLife = base::hours(24 * 7);

bool is_port(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_local_name(std::string_view name) {
  return equal_ignoring_case(name, "localhost") || name == "127.0.0.1" || name == "[::1]";
}

// nginx as it comes forwards without a trace, `Host` being our own address then, but in HTTP/1.0.
bool came_through_a_proxy(const Request& request) {
  if (request.version < 11) return true;
  return std::ranges::any_of(request.headers, [](const Header& h) {
    constexpr std::string_view kForwarded = "x-forwarded-";
    constexpr std::string_view kTraces[]{"Forwarded",        "Via",     "X-Real-IP", "True-Client-IP",
                                         "CF-Connecting-IP", "CDN-Loop"};
    return std::ranges::any_of(kTraces, [&](auto name) { return equal_ignoring_case(h.name, name); }) ||
           equal_ignoring_case(std::string_view(h.name).substr(0, kForwarded.size()), kForwarded);
  });
}

// Whether the page that asks was served by us: Origin is scheme://Host, or there is none (no page at all).
bool is_same_origin(const Request& request) {
  const auto site = request.header("Sec-Fetch-Site");  // by what the browser itself says
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  if (!request.has_header("Origin")) return true;
  const auto host = request.joined_header("Host");
  const std::string scheme = request.tls ? "https://" : "http://";
  return equal_ignoring_case(request.joined_header("Origin"), scheme + host);
}

struct Login {
  std::string name, key;
};

std::optional<Login> read_login(const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("name") || !json["name"].is_string()) return std::nullopt;
  Login login{.name = json["name"].get<std::string>(), .key = {}};
  if (json.contains("key") && json["key"].is_string()) login.key = json["key"].get<std::string>();
  return login;
}

}  // namespace

bool DevLogin::is_allowed(const Request& request, std::string_view key) const {
  if (came_through_a_proxy(request) || !is_same_origin(request)) return false;
  const auto host = request.joined_header("Host");
  const auto [name, port] = base::split_host_port(host);
  if (!is_port(port.value_or(""))) return false;
  if (request.peer.is_loopback() && is_local_name(name)) return true;
  const std::string& lan_key = settings_.lan_key.reveal();
  if (lan_key.empty() || !request.tls || !base::equal_in_constant_time(lan_key, key)) return false;
  const auto address = base::IpAddress::parse(name);
  return address && std::ranges::find(settings_.own_addresses, *address) != settings_.own_addresses.end();
}

Route DevLogin::route(std::function<base::WallTime()> wall_now) const {
  return {.method = "POST",
          .path = "/api/dev/login",
          .handle = [this, wall_now = std::move(wall_now)](
                        const Call& call, const Reply& reply) { reply(answer(call.request, wall_now())); },
          .pages = Route::Pages::kOwn,
          .operation = "devLogin",
          .summary = "A token for any name; with --dev alone, and from this machine alone",
          .request_schema = "DevLogin",
          .response_schema = "DevToken",
          .errors = {Error::kForbidden, Error::kNotJson}};
}

Response DevLogin::answer(const Request& request, base::WallTime now) const {
  // Who may not log in learns nothing of what is wrong with the body.
  const auto login = read_login(request.body);
  if (!is_allowed(request, login ? login->key : std::string())) return error_response(Error::kForbidden);
  if (!login) return error_response(Error::kNotJson);
  const auto token = signer_.sign({.user = login->name, .issued_at = now, .expires_at = now + kTokenLife});
  if (!token) return error_response(Error::kNotJson);
  return json_response(nlohmann::json{{"token", *token}}.dump());
}

}  // namespace zvonok::http
