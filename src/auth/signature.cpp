#include "auth/signature.hpp"

#include <cjose/jws.h>
#include <openssl/err.h>

#include "base/assert.hpp"

namespace zvonok::auth {

bool signature_is_good(const CompactJws& jws, const VerificationKey& key) {
  ZVONOK_ASSERT(key.fits(jws.algorithm));
  // cjose cuts an ECDSA signature in the middle whatever its length, so it would take forms that RFC 7518
  // section 3.4 does not have.
  const std::size_t due =
      key.kind == KeyKind::kRsa ? key.modulus_bytes : traits(jws.algorithm).signature_bytes;
  if (jws.signature_bytes != due) return false;

  const JwsPtr parsed(cjose_jws_import(jws.text.data(), jws.text.size(), nullptr));
  const bool good = parsed && cjose_jws_verify(parsed.get(), key.jwk.get(), nullptr);
  // A failed check leaves its errors in the thread's queue of OpenSSL, where the next TLS operation of an
  // unrelated connection would take them for its own (SSL_get_error() looks there).
  ERR_clear_error();
  return good;
}

}  // namespace zvonok::auth
