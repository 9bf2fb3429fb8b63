#include "http/error.hpp"

#include "protocol/outgoing.hpp"

namespace zvonok::http {
namespace {

std::string in_seconds(base::Duration duration) {
  return std::to_string(std::chrono::ceil<base::seconds>(duration).count());
}

}  // namespace

Response error_response(Error error, const ErrorDetail& detail) {
  const ErrorInfo& about = info(error);
  Response response;
  response.status = about.status;
  response.content_type = "application/problem+json";
  // A type of its own, since the title is not the status' (RFC 9457 section 4.2.1); a name that is no
  // address.
  response.body = R"({"type":"urn:zvonok:)" + std::string(about.code) + R"(","title":)" +
                  protocol::json_string(about.message) + R"(,"status":)" + std::to_string(about.status) +
                  R"(,"code":)" + protocol::json_string(about.code);
  if (!detail.text.empty()) response.body += R"(,"detail":)" + protocol::json_string(detail.text);
  response.body += "}";
  const auto again_in = [&detail](base::Duration usual) {
    return in_seconds(detail.again_in.value_or(usual));
  };
  if (about.status == 429) response.headers.push_back({"Retry-After", again_in(base::seconds(60))});
  if (about.status == 503) response.headers.push_back({"Retry-After", again_in(base::seconds(2))});
  if (about.status == 426) {
    response.headers.push_back({"Upgrade", "websocket"});
    response.headers.push_back({"Sec-WebSocket-Version", "13, 8"});
  }
  return response;
}

}  // namespace zvonok::http
