#include "turn/credentials.hpp"

#include <utility>

#include "turn/hmac.hpp"

namespace zvonok::turn {
namespace {

// 128 bits: no two users meet.
constexpr std::size_t kUserHashBytes = 16;

std::string name_of(const Secret& secret, std::string_view user) {
  std::string text = "zvonok turn user";
  text += '\0';
  text += user;
  return lower_hex(hmac_sha256(secret.reveal(), text).substr(0, kUserHashBytes));
}

}  // namespace

Credential make_credential(const Secret& secret, std::string_view user, base::WallTime now,
                           base::Duration ttl) {
  const auto expiry = std::chrono::duration_cast<base::seconds>((now + ttl).time_since_epoch()).count();
  Credential credential;
  credential.username = std::to_string(expiry) + ":" + name_of(secret, user);
  credential.password = password_of(secret, credential.username);
  return credential;
}

std::string password_of(const Secret& secret, std::string_view username) {
  return base64(hmac_sha1(secret.reveal(), username));
}

SharedSecretCredentials::SharedSecretCredentials(std::vector<std::string> urls, Secret secret,
                                                 base::Duration ttl)
    : secret_(std::move(secret)), ttl_(ttl) {
  for (auto& url : urls) (url.starts_with("stun") ? stun_urls_ : turn_urls_).push_back(std::move(url));
}

ports::IceServers SharedSecretCredentials::issue(std::string_view user, base::WallTime now) const {
  ports::IceServers answer{.servers = {}, .ttl = ttl_};
  if (!stun_urls_.empty()) answer.servers.push_back({.urls = stun_urls_, .username = {}, .credential = {}});
  if (turn_urls_.empty()) return answer;
  auto credential = make_credential(secret_, user, now, ttl_);
  answer.servers.push_back({.urls = turn_urls_,
                            .username = std::move(credential.username),
                            .credential = std::move(credential.password)});
  return answer;
}

}  // namespace zvonok::turn
