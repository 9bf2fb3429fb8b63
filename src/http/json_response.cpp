#include "http/json_response.hpp"

#include <utility>

namespace zvonok::http {

Response json_response(std::string body, unsigned status) {
  return {.status = status, .body = std::move(body), .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace zvonok::http
