#include "http/ice_servers.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "http/error.hpp"
#include "http/json_response.hpp"

namespace zvonok::http {
namespace {

nlohmann::json to_json(const ports::IceServer& server) {
  nlohmann::json json{{"urls", server.urls}};
  if (server.username.empty()) return json;
  json["username"] = server.username;
  json["credential"] = server.credential;
  return json;
}

}  // namespace

Route IceServers::route() {
  return {.method = "GET",
          .path = "/api/ice-servers",
          .handle = [this](const Call& call, const Reply& reply) { reply(respond(call.identity.user)); },
          .access = Route::Access::kBearer,
          .operation = "getIceServers",
          .summary = "The ICE servers of a call: what `new RTCPeerConnection` takes",
          .response_schema = "IceServers",
          .errors = {Error::kRateLimited}};
}

Response IceServers::respond(const std::string& user) {
  if (!rates_.try_take(user, ports_.mono_now())) return error_response(Error::kRateLimited);
  const auto issued = ports_.credentials.issue(user, ports_.wall_now());
  auto servers = nlohmann::json::array();
  for (const auto& server : issued.servers) servers.push_back(to_json(server));
  const auto ttl = std::chrono::duration_cast<base::seconds>(issued.ttl).count();
  return json_response(nlohmann::json{{"iceServers", std::move(servers)}, {"ttl", ttl}}.dump());
}

}  // namespace zvonok::http
