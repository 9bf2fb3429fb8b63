#include "auth/cjose_ptr.hpp"

#include <cjose/jwk.h>
#include <cjose/jws.h>

namespace zvonok::auth {

void CjoseDeleter::operator()(_cjose_jwk_int* jwk) const noexcept {
  cjose_jwk_release(jwk);
}

void CjoseDeleter::operator()(_cjose_jws_int* jws) const noexcept {
  cjose_jws_release(jws);
}

}  // namespace zvonok::auth
