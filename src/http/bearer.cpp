#include "http/bearer.hpp"

namespace zvonok::http {

std::string bearer_token(const Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const auto value = request.header("Authorization");
  if (value.size() <= kScheme.size() || !equal_ignoring_case(value.substr(0, kScheme.size()), kScheme))
    return {};
  return std::string(value.substr(kScheme.size()));
}

}  // namespace zvonok::http
