#include "token.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <ctime>

#include "fatal.hpp"

namespace zvonok::bench {
namespace {

std::string base64url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

}  // namespace

std::string make_token(std::string_view secret, std::string_view user) {
  constexpr std::time_t kHour = 3600;
  const std::time_t now = std::time(nullptr);
  const std::string claims = "{\"userId\":\"" + std::string(user) + "\",\"iat\":" + std::to_string(now) +
                             ",\"exp\":" + std::to_string(now + kHour) + "}";
  const std::string input = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac.data(),
           &size) == nullptr) {
    fatal("cannot sign a token");
  }
  return input + "." + base64url({reinterpret_cast<const char*>(mac.data()), size});
}

}  // namespace zvonok::bench
