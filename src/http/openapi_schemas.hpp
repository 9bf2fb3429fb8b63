// The shapes of bodies, by the names that routes give them.
#pragma once

#include <string_view>

namespace zvonok::http {

/// A JSON object of JSON Schemas (draft 2020-12, as OpenAPI 3.1 has it).
std::string_view openapi_schemas();

}  // namespace zvonok::http
