#include "http/error.hpp"

#include "protocol/outgoing.hpp"

namespace zvonok::http {

Response error_response(Error error) {
  const ErrorInfo& about = info(error);
  Response response;
  response.status = about.status;
  response.body = R"({"error":{"code":)" + protocol::json_string(about.code) + R"(,"message":)" +
                  protocol::json_string(about.message) + "}}";
  if (about.status == 429) response.headers.push_back({"Retry-After", "60"});
  if (about.status == 503) response.headers.push_back({"Retry-After", "2"});
  if (about.status == 426) {
    response.headers.push_back({"Upgrade", "websocket"});
    response.headers.push_back({"Sec-WebSocket-Version", "13, 8"});
  }
  return response;
}

}  // namespace zvonok::http
