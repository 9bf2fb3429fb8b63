// What is asked for over HTTPS, and what came of it.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace zvonok::fetch {

/// A GET. Redirects are not followed: whoever names a URL has named whom they trust.
struct Request {
  std::string url;      // https://…; any other scheme is an error
  std::string ca_file;  // certificates (PEM) to trust in place of the machine's; empty: the machine's
  std::size_t body_bytes_max = 65'536;
  base::Duration at_most{5'000};  // from looking up the name to the last byte
};

/// A whole answer of the server, whatever its status.
struct Response {
  int status = 0;
  std::string body;
};

/// The error is the end of the sentence "URL …", such as "does not answer (connection refused)". It holds
/// nothing that was sent, and of the URL at most host and port.
using Answer = base::Result<Response, std::string>;

}  // namespace zvonok::fetch
