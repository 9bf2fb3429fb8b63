#include "turn/stun_message.hpp"

#include "turn/hmac.hpp"

namespace zvonok::turn {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112A442;
constexpr std::uint16_t kSuccess = 0x0100;
constexpr std::uint16_t kFailure = 0x0110;
constexpr std::size_t kIntegrityBytes = 24;  // MESSAGE-INTEGRITY with its header

// RFC 8489 section 18.3, RFC 8656 section 18.
enum class Attribute : std::uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kLifetime = 0x000D,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kRequestedAddressFamily = 0x0017,
  kRequestedTransport = 0x0019,
};

void append16(std::string& bytes, std::size_t value) {
  bytes += static_cast<char>(value >> 8 & 0xff);
  bytes += static_cast<char>(value & 0xff);
}

unsigned read16(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned>(static_cast<std::uint8_t>(bytes[at])) << 8 |
         static_cast<std::uint8_t>(bytes[at + 1]);
}

class Request {
 public:
  Request(Method method, const TransactionId& id) {
    append16(bytes_, static_cast<std::size_t>(method));
    append16(bytes_, 0);  // the length comes when it is known
    append16(bytes_, kMagicCookie >> 16);
    append16(bytes_, kMagicCookie & 0xffff);
    bytes_.append(reinterpret_cast<const char*>(id.data()), id.size());
  }

  void add(Attribute type, std::string_view value) {
    append16(bytes_, static_cast<std::size_t>(type));
    append16(bytes_, value.size());
    bytes_ += value;
    bytes_.append((4 - value.size() % 4) % 4, '\0');
  }

  void add(const LongTerm& login) {
    add(Attribute::kUsername, login.username);
    add(Attribute::kRealm, login.realm);
    add(Attribute::kNonce, login.nonce);
    set_size(bytes_.size() + kIntegrityBytes);  // the hash covers a header that counts it in
    const auto key = md5(login.username + ":" + login.realm + ":" + login.password);
    add(Attribute::kMessageIntegrity, hmac_sha1(key, bytes_));
  }

  std::string finish() && {
    set_size(bytes_.size());
    return std::move(bytes_);
  }

 private:
  void set_size(std::size_t whole) {
    std::string size;
    append16(size, whole - kStunHeaderBytes);
    bytes_.replace(2, size.size(), size);
  }

  std::string bytes_;
};

void read_attribute(unsigned type, std::string_view value, StunResponse& response) {
  switch (static_cast<Attribute>(type)) {
    case Attribute::kRealm:
      response.realm = value;
      break;
    case Attribute::kNonce:
      response.nonce = value;
      break;
    case Attribute::kErrorCode:
      if (value.size() < 4) break;
      response.error = (static_cast<std::uint8_t>(value[2]) & 7U) * 100 + static_cast<std::uint8_t>(value[3]);
      break;
    default:
      break;
  }
}

}  // namespace

std::string allocate_request(const TransactionId& id, AddressFamily family, const LongTerm* login) {
  constexpr char kUdp = 17;
  Request request(Method::kAllocate, id);
  request.add(Attribute::kRequestedTransport, std::string{kUdp, 0, 0, 0});
  request.add(Attribute::kRequestedAddressFamily, std::string{static_cast<char>(family), 0, 0, 0});
  if (login != nullptr) request.add(*login);
  return std::move(request).finish();
}

std::string release_request(const TransactionId& id, const LongTerm& login) {
  Request request(Method::kRefresh, id);
  request.add(Attribute::kLifetime, std::string(4, '\0'));
  request.add(login);
  return std::move(request).finish();
}

std::optional<std::size_t> message_size(std::string_view header) {
  if (header.size() < kStunHeaderBytes || (header[0] & 0xc0) != 0) return std::nullopt;
  if ((read16(header, 4) << 16 | read16(header, 6)) != kMagicCookie) return std::nullopt;
  return kStunHeaderBytes + read16(header, 2);
}

std::optional<StunResponse> read_response(std::string_view bytes, const TransactionId& id) {
  const auto size = message_size(bytes);
  if (!size || bytes.size() < *size) return std::nullopt;
  if (bytes.substr(8, id.size()) != std::string_view(reinterpret_cast<const char*>(id.data()), id.size()))
    return std::nullopt;
  const unsigned kind = read16(bytes, 0) & 0x0110;
  if (kind != kSuccess && kind != kFailure) return std::nullopt;
  StunResponse response;
  response.success = kind == kSuccess;
  auto rest = bytes.substr(kStunHeaderBytes, *size - kStunHeaderBytes);
  while (rest.size() >= 4) {
    const auto length = read16(rest, 2);
    if (rest.size() < 4 + length) return std::nullopt;
    read_attribute(read16(rest, 0), rest.substr(4, length), response);
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 4 + (length + 3) / 4 * 4));
  }
  return response;
}

}  // namespace zvonok::turn
