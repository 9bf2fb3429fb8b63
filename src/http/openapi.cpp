#include "http/openapi.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/assert.hpp"
#include "http/error.hpp"
#include "http/openapi_schemas.hpp"

namespace zvonok::http {
namespace {

using nlohmann::json;

json schema_of(std::string_view name) {
  return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

json content(std::string_view media_type, std::string_view schema) {
  return {{std::string(media_type), {{"schema", schema_of(schema)}}}};
}

std::string method_in_lower_case(std::string_view method) {
  std::string lower(method);
  for (char& c : lower) c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// Errors of one status are one response; which of them it may be stands in its description.
void add_errors(const Route& route, json& responses) {
  std::vector<Error> errors = route.errors;
  // What may come of any request (docs/api.md), whatever its route.
  for (const auto error :
       {Error::kBadRequest, Error::kMissingHost, Error::kRequestTimeout, Error::kHeadTooLarge,
        Error::kTooManyConnections, Error::kOverloaded, Error::kDraining, Error::kTimeout})
    if (std::ranges::find(errors, error) == errors.end()) errors.push_back(error);
  if (!route.request_schema.empty()) {
    errors.push_back(Error::kWrongMediaType);
    errors.push_back(Error::kBodyTooLarge);
  }
  if (route.access == Route::Access::kBearer) {
    errors.push_back(Error::kUnauthorized);
    errors.push_back(Error::kTooManyBadTokens);
  }
  std::map<unsigned, std::string> codes;
  for (const Error error : errors) {
    auto& text = codes[info(error).status];
    text += (text.empty() ? "" : ", ") + ("`" + std::string(info(error).code) + "`");
  }
  for (const auto& [status, text] : codes) {
    json response{{"description", text}, {"content", content("application/problem+json", "Problem")}};
    if (status == 429 || status == 503)
      response["headers"] = {
          {"Retry-After", {{"schema", {{"type", "integer"}}}, {"description", "Seconds"}}}};
    responses[std::to_string(status)] = std::move(response);
  }
}

json parameters_of(const Route& route) {
  json parameters = json::array();
  const auto add = [&parameters](std::string_view name, const char* where, bool required) {
    parameters.push_back(
        {{"name", name}, {"in", where}, {"required", required}, {"schema", {{"type", "string"}}}});
  };
  if (const auto open = route.path.find('{'); open != std::string_view::npos)
    add(route.path.substr(open + 1, route.path.find('}') - open - 1), "path", true);
  if (!route.query.empty()) add(route.query, "query", false);
  return parameters;
}

json operation_of(const Route& route) {
  json operation{{"operationId", route.operation}, {"summary", route.summary}};
  operation["security"] =
      route.access == Route::Access::kBearer ? json::array({{{"bearer", json::array()}}}) : json::array();
  if (auto parameters = parameters_of(route); !parameters.empty())
    operation["parameters"] = std::move(parameters);
  if (!route.request_schema.empty())
    operation["requestBody"] = {{"required", true},
                                {"content", content("application/json", route.request_schema)}};
  json success{{"description", route.success == 101 ? "It is a WebSocket from here on" : "Done"}};
  if (!route.response_schema.empty()) success["content"] = content("application/json", route.response_schema);
  operation["responses"][std::to_string(route.success)] = std::move(success);
  add_errors(route, operation["responses"]);
  return operation;
}

}  // namespace

std::string openapi_document(const std::vector<Route>& routes, std::string_view version) {
  json document{{"openapi", "3.1.0"},
                {"info",
                 {{"title", "zvonok"},
                  {"version", version},
                  {"summary", "The REST side of a call server"},
                  {"license", {{"name", "MIT"}, {"identifier", "MIT"}}}}},
                {"servers", json::array({{{"url", "/"}}})}};
  for (const Route& route : routes)
    document["paths"][std::string(route.path)][method_in_lower_case(route.method)] = operation_of(route);
  document["components"]["schemas"] = json::parse(openapi_schemas());
  document["components"]["securitySchemes"]["bearer"] = {
      {"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}};
  return document.dump(2);
}

Route openapi_route(std::string document) {
  return {.method = "GET",
          .path = "/openapi.json",
          .handle =
              [document = std::move(document)](const Call&, const Reply& reply) {
                reply({.status = 200, .body = document, .headers = {{"Cache-Control", "no-cache"}}});
              },
          .answers_head = true,
          .operation = "getOpenApi",
          .summary = "This document",
          .response_schema = "OpenApiDocument"};
}

}  // namespace zvonok::http
