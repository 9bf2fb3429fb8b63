#include "http/upgrade.hpp"

#include <algorithm>
#include <vector>

#include "http/bearer.hpp"
#include "http/form.hpp"

namespace zvonok::http {
namespace {

std::vector<std::string_view> list_items(std::string_view list) {
  std::vector<std::string_view> items;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    item = item.substr(0, item.find_last_not_of(" \t") + 1);
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

// RFC 6455 section 4.1: a base64 text of 16 bytes, so 22 letters and two `=`.
bool is_websocket_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  return std::ranges::all_of(key.substr(0, 22), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

constexpr std::string_view kOwnPrefix = "zvonok.";
constexpr std::string_view kTokenPrefix = "zvonok.jwt.";
constexpr std::string_view kV2 = "zvonok.v2";

bool has_body(const Request& request) {
  const auto length = request.header("Content-Length");
  return request.has_header("Transfer-Encoding") ||
         (!length.empty() && length.find_first_not_of('0') != length.npos);
}

}  // namespace

bool wants_upgrade(const Request& request) {
  return request.method == "GET" && list_holds(request.joined_header("Upgrade"), "websocket");
}

base::Result<Upgrade, Error> check_upgrade(const Request& request, const UpgradePolicy& policy) {
  const auto refuse = [](Error error) { return base::Unexpected{error}; };
  if (request.path != "/ws") return refuse(Error::kWrongPath);
  if (request.method != "GET") return refuse(Error::kMethodNotAllowed);
  if (request.version < 11 || !wants_upgrade(request) ||
      !list_holds(request.joined_header("Connection"), "upgrade")) {
    return refuse(Error::kNotAnUpgrade);
  }
  if (has_body(request)) return refuse(Error::kUpgradeWithBody);
  const auto version = request.joined_header("Sec-WebSocket-Version");
  if (!list_holds(version, "13") && !list_holds(version, "8")) return refuse(Error::kUnsupportedVersion);
  if (!request.has_header("Sec-WebSocket-Key")) return refuse(Error::kMissingKey);
  const auto key = request.joined_header("Sec-WebSocket-Key");
  if (!is_websocket_key(key)) return refuse(Error::kBadKey);
  if (!websocket_origin_allowed(policy.origins, request)) return refuse(Error::kForbiddenOrigin);

  Upgrade upgrade{.key = key, .subprotocol = std::nullopt, .token = {}};
  const auto offered = request.joined_header("Sec-WebSocket-Protocol");
  const auto protocols = list_items(offered);
  // A token among the subprotocols needs the protocol beside it that it belongs to.
  const auto offered_token =
      std::ranges::find_if(protocols, [](auto p) { return p.starts_with(kTokenPrefix); });
  if (offered_token != protocols.end() && std::ranges::find(protocols, kV2) == protocols.end()) {
    return refuse(Error::kTokenWithoutProtocol);
  }
  const auto echoed = std::ranges::find_if(protocols, [](auto p) { return !p.starts_with(kOwnPrefix); });
  if (echoed != protocols.end()) upgrade.subprotocol = std::string(*echoed);

  upgrade.token = query_parameter(request.query, "token").value_or("");
  if (upgrade.token.empty() && offered_token != protocols.end()) {
    upgrade.token = std::string(offered_token->substr(kTokenPrefix.size()));
  }
  if (upgrade.token.empty()) upgrade.token = bearer_token(request);
  return upgrade;
}

}  // namespace zvonok::http
