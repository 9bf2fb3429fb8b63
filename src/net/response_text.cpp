#include "net/response_text.hpp"

#include <openssl/evp.h>

#include <array>
#include <boost/beast/http/status.hpp>
#include <ctime>

#include "base/assert.hpp"

namespace zvonok::net {
namespace {

void append_header(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

// RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(base::WallTime now) {
  const std::time_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

bool may_have_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

// Sec-WebSocket-Accept: that we have read the key, and read it as a WebSocket server.
std::string accept_value(std::string_view key) {
  const std::string salted = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const int digested = EVP_Digest(salted.data(), salted.size(), digest.data(), &size, EVP_sha1(), nullptr);
  ZVONOK_ASSERT(digested == 1);
  std::array<unsigned char, 64> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

}  // namespace

std::string response_text(const http::Response& response, KeepAlive keep_alive, SendBody send_body,
                          base::WallTime now) {
  const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
  text.append(reason.data(), reason.size()).append("\r\n");
  append_header(text, "Date", http_date(now));
  if (may_have_body(response.status)) {
    if (!response.content_type.empty()) append_header(text, "Content-Type", response.content_type);
    append_header(text, "Content-Length", std::to_string(response.body.size()));
    append_header(text, "X-Content-Type-Options", "nosniff");
  }
  if (keep_alive == KeepAlive::kNo) append_header(text, "Connection", "close");
  for (const auto& header : response.headers) append_header(text, header.name, header.value);
  text += "\r\n";
  if (send_body == SendBody::kYes && may_have_body(response.status)) text += response.body;
  return text;
}

std::string switching_protocols_text(std::string_view key, const std::optional<std::string>& subprotocol) {
  std::string text = "HTTP/1.1 101 Switching Protocols\r\n";
  append_header(text, "Upgrade", "websocket");
  append_header(text, "Connection", "Upgrade");
  append_header(text, "Sec-WebSocket-Accept", accept_value(key));
  if (subprotocol) append_header(text, "Sec-WebSocket-Protocol", *subprotocol);
  text += "\r\n";
  return text;
}

}  // namespace zvonok::net
