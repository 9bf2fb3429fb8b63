// Owners of cjose's objects. The types are only named here, so that our headers do not bring cjose's to their
// readers.
#pragma once

#include <memory>

// NOLINTBEGIN(bugprone-reserved-identifier): cjose named them
struct _cjose_jwk_int;
struct _cjose_jws_int;
// NOLINTEND(bugprone-reserved-identifier)

namespace zvonok::auth {

struct CjoseDeleter {
  void operator()(_cjose_jwk_int* jwk) const noexcept;
  void operator()(_cjose_jws_int* jws) const noexcept;
};
using JwkPtr = std::unique_ptr<_cjose_jwk_int, CjoseDeleter>;
using JwsPtr = std::unique_ptr<_cjose_jws_int, CjoseDeleter>;

}  // namespace zvonok::auth
