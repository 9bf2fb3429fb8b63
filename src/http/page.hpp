// The call page at `/` and its files.
#pragma once

#include <optional>
#include <string_view>

#include "http/request.hpp"

namespace zvonok::http {

/// Whether there is an embedded file at that path.
bool is_page_path(std::string_view path);

/// The embedded file at the request's path, or 304 when the client has it; nullopt when there is none.
std::optional<Response> page_response(const Request& request);

}  // namespace zvonok::http
