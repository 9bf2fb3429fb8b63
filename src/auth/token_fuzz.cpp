// Fuzzes the token verifier. The first byte chooses what the rest is:
//   'S'  header and claims as text, a line end between them, which are signed here with the right secret: so
//   that what
//        lies behind the signature is reached;
//   else the token itself, as it would come from the wire.
// Invariant: whatever is accepted is canonical, carries the HMAC that OpenSSL computes, and names a user
// within the rules. No private key is known here, so nothing but HMAC may ever be accepted.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/base64url.hpp"
#include "auth/claims.hpp"
#include "auth/compact_jws.hpp"
#include "auth/jwt_verifier.hpp"
#include "base/assert.hpp"

namespace {

using namespace zvonok;

constexpr std::string_view kSecret = "the secret of the token fuzzer";
constexpr base::WallTime kNow{base::seconds(1'700'000'000)};

// The public keys of RFC 7515 appendices A.2 and A.3.
constexpr std::string_view kJwks =
    R"({"keys":[{"kty":"RSA","kid":"rsa","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},)"
    R"({"kty":"EC","kid":"ec","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

auth::JwtVerifier make_verifier() {
  auth::JwtOptions options;
  options.algorithms.clear();
  for (const auth::AlgorithmTraits& known : auth::kAlgorithms) options.algorithms.push_back(known.algorithm);
  std::vector<std::string> warnings;
  auto key_set = auth::KeySet::parse_jwks(kJwks, warnings);
  ZVONOK_ASSERT(key_set && warnings.empty());
  return {options,
          {.secret = base::Redacted(std::string(kSecret)),
           .previous_secret = {},
           .key_set = std::move(key_set).value()}};
}

std::string mac_of(std::string_view input, const EVP_MD* hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(hash, kSecret.data(), static_cast<int>(kSecret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac.data(), &size);
  return auth::base64url_encode({reinterpret_cast<const char*>(mac.data()), size});
}

std::string token_of(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != 'S')
    return std::string(bytes.substr(std::min<std::size_t>(1, bytes.size())));
  const std::size_t line_end = std::min(bytes.find('\n'), bytes.size());
  const std::string_view header = bytes.substr(1, line_end - 1);
  const std::string_view claims = bytes.substr(std::min(line_end + 1, bytes.size()));
  const std::string input = auth::base64url_encode(header) + "." + auth::base64url_encode(claims);
  return input + "." + mac_of(input, EVP_sha256());
}

void check_accepted(const std::string& token, const ports::Identity& identity) {
  ZVONOK_ASSERT(token.size() <= auth::kTokenBytesMax);
  const std::size_t end_of_input = token.rfind('.');
  const std::string input = token.substr(0, end_of_input);
  const std::string mac = token.substr(end_of_input + 1);
  const std::array<const EVP_MD*, 3> hashes{EVP_sha256(), EVP_sha384(), EVP_sha512()};
  ZVONOK_ASSERT(std::any_of(hashes.begin(), hashes.end(),
                            [&](const EVP_MD* hash) { return mac == mac_of(input, hash); }));

  const std::size_t dot = input.find('.');
  for (const std::string& part : {input.substr(0, dot), input.substr(dot + 1)}) {
    const auto bytes = auth::base64url_decode(part);
    ZVONOK_ASSERT(bytes && auth::base64url_encode(*bytes) == part);
  }
  ZVONOK_ASSERT(auth::is_user_id(identity.user));
  ZVONOK_ASSERT(!identity.expires_at || *identity.expires_at > kNow);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auth::JwtVerifier kVerifier = make_verifier();
  const std::string token = token_of({reinterpret_cast<const char*>(data), size});
  const auto verdict = kVerifier.check(token, kNow);
  if (verdict) {
    check_accepted(token, *verdict);
  } else {
    ZVONOK_ASSERT(!verdict.error().detail.empty() && verdict.error().detail.size() <= 256);
  }
  return 0;
}
