// GET /openapi.json: what there is to ask for (OpenAPI 3.1), derived from the table that dispatches.
#pragma once

#include <string>
#include <vector>

#include "http/route.hpp"

namespace zvonok::http {

/// The document of these routes, as JSON.
std::string openapi_document(const std::vector<Route>& routes, std::string_view version);

/// The route that serves the document of all the others, and its own.
Route openapi_route(std::string document);

}  // namespace zvonok::http
