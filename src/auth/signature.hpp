// The one question that cjose answers for us: was this token signed with this key?
#pragma once

#include "auth/compact_jws.hpp"
#include "auth/verification_key.hpp"

namespace zvonok::auth {

/// `key` must fit the token's algorithm. False also when the signature has the wrong length.
bool signature_is_good(const CompactJws& jws, const VerificationKey& key);

}  // namespace zvonok::auth
