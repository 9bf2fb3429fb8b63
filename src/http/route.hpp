// One table says which requests there are: it dispatches them, and /openapi.json derives from it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/error.hpp"
#include "http/request.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::http {

/// A request that has found its route.
struct Call {
  const Request& request;           // for as long as the handler runs
  const ports::Identity& identity;  // of the bearer; of nobody where no token is needed
  const std::string parameter;      // what stands for {…} in the path, decoded
};

struct Route {
  enum class Access : std::uint8_t { kEverybody, kBearer };
  /// Of which pages: those that may use the API (cors_origins), or ours alone.
  enum class Pages : std::uint8_t { kListed, kOwn };

  std::string_view method;  // GET answers HEAD as well where it says so
  std::string_view path;    // a segment may be a parameter: "/api/users/{id}"
  std::function<void(const Call&, const Reply&)> handle;
  Access access = Access::kEverybody;
  Pages pages = Pages::kListed;
  bool answers_head = false;

  // What /openapi.json says besides. Schemas are names in http/openapi_schemas.cpp; empty: no body.
  std::string_view operation = {}, summary = {};
  std::string_view request_schema = {}, response_schema = {};
  unsigned success = 200;
  std::vector<Error> errors = {};
  std::string_view query = {};  // the name of its one query parameter
};

}  // namespace zvonok::http
