// What is handed to somebody else's server over HTTP or HTTPS, such as an SMS to its gateway.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/redacted.hpp"
#include "fetch/request.hpp"

namespace zvonok::fetch {

/// kHttpToo: for a server in one's own network, to which what is sent may go unencrypted.
enum class Schemes : std::uint8_t { kHttpsOnly, kHttpToo };

struct Header {
  std::string name;
  base::Redacted<std::string> value;  // what opens a gateway stands in one
};

/// A POST. What Request says of a GET holds for `to`; the answer is of the same kind.
struct Post {
  Request to;
  Schemes schemes = Schemes::kHttpsOnly;
  std::string content_type = "application/json";
  base::Redacted<std::string> body;
  std::vector<Header> headers;
};

/// Why it cannot be sent at all; empty: it can. A line break in a header would be the end of it, and the
/// beginning of one that nobody wanted (RFC 9110 section 5.5).
std::string_view post_problem(const Post& post);

}  // namespace zvonok::fetch
