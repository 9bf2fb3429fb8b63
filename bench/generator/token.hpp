// Tokens as a backend would sign them: JWT, HS256 (RFC 7519, RFC 7515).
#pragma once

#include <string>
#include <string_view>

namespace zvonok::bench {

/// Good for an hour from now.
std::string make_token(std::string_view secret, std::string_view user);

}  // namespace zvonok::bench
