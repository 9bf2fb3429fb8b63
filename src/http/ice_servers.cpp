#include "http/ice_servers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "http/bearer.hpp"
#include "http/error.hpp"

namespace zvonok::http {
namespace {

// A client asks once a call, and once in `ttl` during one; several devices and impatient pages are within it.
constexpr base::Rate kRate = base::Rate::per(60, base::minutes(1), 60);

Response unauthorized() {
  Response response = error_response(Error::kUnauthorized);
  response.headers.push_back({"WWW-Authenticate", "Bearer"});  // RFC 6750 section 3
  return response;
}

nlohmann::json to_json(const ports::IceServer& server) {
  nlohmann::json json{{"urls", server.urls}};
  if (server.username.empty()) return json;
  json["username"] = server.username;
  json["credential"] = server.credential;
  return json;
}

}  // namespace

void IceServers::answer(const Request& request, const Reply& reply) {
  ports_.verifier.verify(bearer_token(request), ports_.wall_now(),
                         [this, request, reply](const ports::TokenVerdict& verdict) {
                           if (verdict) return reply(respond(verdict->user));
                           const bool few = ports_.note_refused_token(request, verdict.error());
                           reply(few ? unauthorized() : error_response(Error::kTooManyBadTokens));
                         });
}

Response IceServers::respond(const std::string& user) {
  if (!try_take(user, ports_.mono_now())) return error_response(Error::kRateLimited);
  const auto issued = ports_.credentials.issue(user, ports_.wall_now());
  auto servers = nlohmann::json::array();
  for (const auto& server : issued.servers) servers.push_back(to_json(server));
  const auto ttl = std::chrono::duration_cast<base::seconds>(issued.ttl).count();
  Response response;
  response.body = nlohmann::json{{"iceServers", std::move(servers)}, {"ttl", ttl}}.dump();
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

bool IceServers::try_take(const std::string& user, base::MonoTime now) {
  if (rates_.size() >= forget_at_) {
    std::erase_if(rates_, [now](const auto& entry) { return entry.second.is_full(now); });
    forget_at_ = std::max<std::size_t>(1'024, 2 * rates_.size());
  }
  return rates_[user].try_take(kRate, now);
}

}  // namespace zvonok::http
