#include "net/peer_name.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

#include "base/assert.hpp"

namespace zvonok::net {
namespace {

// Four bytes tell the clients of one log apart; all of the digest would make lines long and prove no more.
constexpr std::size_t kShownBytes = 4;

}  // namespace

PeerNames::PeerNames(LogAddresses addresses) : addresses_(addresses) {
  const int filled = RAND_bytes(key_.data(), static_cast<int>(key_.size()));
  ZVONOK_ASSERT(filled == 1);
}

std::string PeerNames::name(const base::IpAddress& address) const {
  if (addresses_ == LogAddresses::kPlain) return address.to_string();
  std::array<unsigned char, 32> input{};
  std::ranges::copy(key_, input.begin());
  std::ranges::copy(address.octets(), input.begin() + key_.size());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  const int digested = EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  ZVONOK_ASSERT(digested == 1);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string shown;
  for (std::size_t i = 0; i < kShownBytes; ++i) {
    shown += kHex[digest[i] >> 4];
    shown += kHex[digest[i] & 0xf];
  }
  return shown;
}

}  // namespace zvonok::net
