#include "http/system_routes.hpp"

#include <utility>

namespace zvonok::http {

std::vector<Route> system_routes(std::function<bool()> ready) {
  const auto websocket = [](const Call&, const Reply& reply) { reply(error_response(Error::kNotAnUpgrade)); };
  const auto health = [](const Call&, const Reply& reply) {
    reply({.status = 200, .body = R"({"status":"ok"})"});
  };
  const auto readiness = [ready = std::move(ready)](const Call&, const Reply& reply) {
    if (!ready()) return reply(error_response(Error::kDraining));
    reply({.status = 200, .body = R"({"status":"ready"})"});
  };
  return {
      {.method = "GET",
       .path = "/ws",
       .handle = websocket,
       .answers_head = true,
       .operation = "openWebSocket",
       .summary =
           "The WebSocket of calls: `/ws?token=JWT` with an upgrade; docs/protocol.md says what it speaks",
       .success = 101,
       .errors = {Error::kNotAnUpgrade, Error::kMissingKey, Error::kBadKey, Error::kUpgradeWithBody,
                  Error::kUnsupportedVersion, Error::kTokenWithoutProtocol, Error::kForbiddenOrigin,
                  Error::kTooManyBadTokens},
       .query = "token"},
      {.method = "GET",
       .path = "/healthz",
       .handle = health,
       .answers_head = true,
       .operation = "getHealth",
       .summary = "Whether the process lives",
       .response_schema = "Status"},
      {.method = "GET",
       .path = "/readyz",
       .handle = readiness,
       .answers_head = true,
       .operation = "getReadiness",
       .summary = "Whether it takes new connections",
       .response_schema = "Status",
       .errors = {Error::kDraining}},
  };
}

}  // namespace zvonok::http
