// An answer for who asked, and for nobody's cache.
#pragma once

#include <string>

#include "http/request.hpp"

namespace zvonok::http {

/// `body` is JSON.
Response json_response(std::string body, unsigned status = 200);

}  // namespace zvonok::http
