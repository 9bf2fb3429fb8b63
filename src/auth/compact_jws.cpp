#include "auth/compact_jws.hpp"

#include <jansson.h>

#include <algorithm>
#include <array>

#include "auth/base64url.hpp"
#include "auth/strict_json.hpp"

namespace zvonok::auth {
namespace {

using base::Unexpected;
using ports::TokenError;
using ports::TokenRefusal;

std::optional<std::array<std::string_view, 3>> three_parts(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  // A third dot, as in an encrypted token's five parts, is left to the decoder, whose alphabet has none.
  return std::array<std::string_view, 3>{token.substr(0, first), token.substr(first + 1, second - first - 1),
                                         token.substr(second + 1)};
}

/// Fills in algorithm and kid. `jku`, `x5u`, `x5c` and `jwk` are not read: a key comes from the configuration
/// or not at all.
std::optional<TokenRefusal> read_header(const json_t& header, const std::vector<Algorithm>& allowed,
                                        CompactJws& jws) {
  // `crit` lists extensions that a reader must understand or refuse the token (RFC 7515 section 4.1.11). We
  // understand none, and `b64` (RFC 7797) would change what is signed.
  if (member(header, "crit") != nullptr) return TokenRefusal{TokenError::kHeader, "the header has crit"};
  if (member(header, "b64") != nullptr) return TokenRefusal{TokenError::kHeader, "the header has b64"};

  const json_t* alg = member(header, "alg");
  const auto algorithm = parse_algorithm(string_of(alg).value_or(""));
  if (!algorithm || std::find(allowed.begin(), allowed.end(), *algorithm) == allowed.end()) {
    return TokenRefusal{TokenError::kAlgorithm, "alg is " + shown(alg) + ", which jwt_algs does not allow"};
  }
  jws.algorithm = *algorithm;

  if (const json_t* kid = member(header, "kid")) {
    const auto text = string_of(kid);
    if (!text) return TokenRefusal{TokenError::kHeader, "kid is not a string"};
    jws.kid = *text;
  }
  return std::nullopt;
}

}  // namespace

base::Result<CompactJws, TokenRefusal> CompactJws::parse(std::string_view token,
                                                         const std::vector<Algorithm>& allowed) {
  if (token.empty()) return Unexpected{TokenRefusal{TokenError::kMissing, "no token"}};
  if (token.size() > kTokenBytesMax) {
    return Unexpected{TokenRefusal{TokenError::kTooLong, std::to_string(token.size()) + " bytes"}};
  }
  const auto parts = three_parts(token);
  if (!parts) return Unexpected{TokenRefusal{TokenError::kMalformed, "not three parts"}};
  const auto [header_text, payload_text, signature_text] = *parts;

  const auto header_bytes = base64url_decode(header_text);
  auto payload = base64url_decode(payload_text);
  const auto signature = base64url_decode(signature_text);
  if (!header_bytes || !payload || !signature) {
    return Unexpected{TokenRefusal{TokenError::kMalformed, "not canonical base64url"}};
  }
  const JsonPtr header = parse_object(*header_bytes, NulEscapes::kRefuse);
  if (!header)
    return Unexpected{
        TokenRefusal{TokenError::kMalformed, "the header is not a JSON object that names each member once"}};

  CompactJws jws;
  jws.text = token;
  jws.payload = std::move(*payload);
  jws.signature_bytes = signature->size();
  if (auto refusal = read_header(*header, allowed, jws)) return Unexpected{*refusal};
  return jws;
}

}  // namespace zvonok::auth
