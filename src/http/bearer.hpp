// The token in an Authorization header.
#pragma once

#include <string>

#include "http/request.hpp"

namespace zvonok::http {

/// Of `Authorization: Bearer x`, the scheme in any case (RFC 9110 section 11.1, RFC 6750 section 2.1); empty:
/// there is none.
std::string bearer_token(const Request& request);

}  // namespace zvonok::http
