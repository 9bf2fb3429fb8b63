#include "auth/login_secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstring>

#include "auth/base64url.hpp"
#include "base/assert.hpp"

namespace zvonok::auth {
namespace {

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  const auto* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  ZVONOK_ASSERT(made != nullptr);  // fails only for want of memory
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  const int made = EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr);
  ZVONOK_ASSERT(made == 1);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
  return out;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  const int made = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  ZVONOK_ASSERT(made == 1);  // without chance, codes and sessions could be guessed: better no server
  return bytes;
}

// No address and no session's id has U+0000, so that no two pairs make the same text.
std::string pair_of(std::string_view first, std::string_view second) {
  return std::string(first) + '\0' + std::string(second);
}

}  // namespace

LoginSecrets::LoginSecrets(const base::Redacted<std::string>& secret,
                           const base::Redacted<std::string>& previous) {
  replace(secret, previous);
}

void LoginSecrets::replace(const base::Redacted<std::string>& secret,
                           const base::Redacted<std::string>& previous) {
  keys_.clear();
  for (const auto* each : {&secret, &previous})
    if (!each->reveal().empty()) keys_.push_back(derive(each->reveal()));
  ZVONOK_ASSERT(!keys_.empty());
}

LoginSecrets::Keys LoginSecrets::derive(const std::string& secret) {
  // The names keep the keys apart from each other, and from the secret as the key of tokens.
  return {base::Redacted(hmac_sha256(secret, "zvonok login code 1")),
          base::Redacted(hmac_sha256(secret, "zvonok refresh token 1"))};
}

std::vector<std::string> LoginSecrets::code_hashes(std::string_view address, std::string_view code) const {
  std::vector<std::string> hashes;
  for (const auto& keys : keys_)
    hashes.push_back(hex(hmac_sha256(keys.codes.reveal(), pair_of(address, code))));
  return hashes;
}

std::string LoginSecrets::invite_hash(std::string_view token) const {
  return auth::invite_hash(token);
}

std::string LoginSecrets::sign_refresh(std::string_view session, std::int64_t n) const {
  return base64url_encode(hmac_sha256(keys_.front().refresh.reveal(), pair_of(session, std::to_string(n))));
}

bool LoginSecrets::is_refresh_signature(std::string_view session, std::int64_t n,
                                        std::string_view signature) const {
  bool right = false;
  for (const auto& keys : keys_) {
    const auto expected =
        base64url_encode(hmac_sha256(keys.refresh.reveal(), pair_of(session, std::to_string(n))));
    right = (expected.size() == signature.size() &&
             CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0) ||
            right;
  }
  return right;
}

std::string LoginSecrets::random_text(std::size_t bytes) {
  return random_base64url(bytes);
}

std::string LoginSecrets::random_code() {
  constexpr std::uint64_t kCodes = 1'000'000;
  // Of 2^64 numbers, what is too many for an even share among a million codes is a chance of 1 in 10^13.
  std::uint64_t number = 0;
  const auto bytes = random_bytes(sizeof number);
  std::memcpy(&number, bytes.data(), sizeof number);
  auto code = std::to_string(number % kCodes);
  return std::string(6 - code.size(), '0') + code;
}

// A token has 128 bits of chance in it: nothing slower than a plain hash is needed.
std::string invite_hash(std::string_view token) {
  return hex(sha256(token));
}

std::string random_base64url(std::size_t bytes) {
  return base64url_encode(random_bytes(bytes));
}

}  // namespace zvonok::auth
