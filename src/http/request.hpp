// A request and its reply as values: what the REST functions take and give. No socket is in sight here.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.hpp"

namespace zvonok::http {

struct Header {
  std::string name, value;
};

struct Request {
  std::string method;
  std::string target;     // as it stands in the request line
  std::string path;       // of the target, before `?`; also of an absolute-form target
  std::string query;      // behind `?`, without it
  unsigned version = 11;  // 10 or 11
  std::vector<Header> headers;
  std::string body;
  // Of the connection.
  base::IpAddress peer;  // who opened it: the client itself, or a proxy
  bool tls = false;

  /// The value of the first header of that name (any case), or empty.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  /// The values of all headers of that name, joined by ", " (RFC 9110 section 5.3).
  std::string joined_header(std::string_view name) const;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<Header> headers{};  // beside Content-Type, Content-Length, Connection
};

/// Called exactly once, at once or later, on the loop's thread.
using Reply = std::function<void(Response)>;

/// Without the blanks and tabs at its ends, which mean nothing in a list (OWS, RFC 9110 section 5.6.3).
std::string_view trimmed(std::string_view text);

/// Whether two header names or tokens are equal but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Whether a comma-separated list holds a token, in any case: `Connection: keep-alive, Upgrade`.
bool list_holds(std::string_view list, std::string_view token);

/// Whether the Host is an address or localhost, and not a name that somebody may have pointed here.
bool names_an_address(const Request& request);

/// Splits an origin-form or absolute-form target into path and query.
struct TargetParts {
  std::string_view path, query;
};
TargetParts split_target(std::string_view target);

}  // namespace zvonok::http
