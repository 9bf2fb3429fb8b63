// Requests for the tests of this folder.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "http/error.hpp"
#include "http/request.hpp"

namespace zvonok::http::testing {

/// As the connection would make it from `METHOD target` and these headers, from 127.0.0.1 without TLS.
inline Request request(std::string_view method, std::string_view target, std::vector<Header> headers = {}) {
  Request made;
  made.method = method;
  made.target = target;
  const auto parts = split_target(target);
  made.path = parts.path;
  made.query = parts.query;
  made.headers = std::move(headers);
  made.peer = *base::IpAddress::parse("127.0.0.1");
  return made;
}

inline Request get(std::string_view target, std::vector<Header> headers = {}) {
  return request("GET", target, std::move(headers));
}

/// The value of the response's only header of that name; "(none)", or "(several)".
inline std::string header_of(const Response& response, std::string_view name) {
  std::string value = "(none)";
  bool found = false;
  for (const Header& header : response.headers) {
    if (!equal_ignoring_case(header.name, name)) continue;
    value = std::exchange(found, true) ? "(several)" : header.value;
  }
  return value;
}

}  // namespace zvonok::http::testing
