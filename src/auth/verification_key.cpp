#include "auth/verification_key.hpp"

#include <cjose/jwk.h>

#include "base/assert.hpp"

namespace zvonok::auth {
namespace {

// HMAC fills a key shorter than its hash's block with zero bytes (RFC 2104 section 2); 64 is the block of
// SHA-256 and half that of SHA-384 and SHA-512. So a short secret filled up here is the same key, and
// versions of cjose that refuse keys shorter than the hash (RFC 7518 section 3.2) take it: a short secret is
// for us to warn of, not for a library update to turn into an outage.
constexpr std::size_t kHmacBlockBytes = 64;

}  // namespace

VerificationKey key_of_secret(std::string_view secret) {
  ZVONOK_ASSERT(!secret.empty());
  std::string bytes(secret);
  if (bytes.size() < kHmacBlockBytes) bytes.resize(kHmacBlockBytes, '\0');
  VerificationKey key;
  key.kind = KeyKind::kSecret;
  key.jwk.reset(
      cjose_jwk_create_oct_spec(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), nullptr));
  ZVONOK_ASSERT(key.jwk != nullptr);  // fails only for want of memory
  return key;
}

}  // namespace zvonok::auth
