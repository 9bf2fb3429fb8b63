#include "app/certificate.hpp"

#include "app/config_reader.hpp"

namespace zvonok::app {
namespace {

constexpr std::size_t kPemBytesMax = 1024 * 1024;  // a long chain has 20 KB

}  // namespace

// Read by our own bounded reader: OpenSSL would wait for ever at a FIFO, and the whole server with it.
base::Result<net::TlsIdentity, std::string> read_identity(const Settings& settings) {
  const auto certificate = read_regular_file(settings.tls_cert, kPemBytesMax);
  if (!certificate) return base::Unexpected{"tls.cert " + settings.tls_cert + " " + certificate.error()};
  const auto key = read_regular_file(settings.tls_key, kPemBytesMax);
  if (!key) return base::Unexpected{"tls.key " + settings.tls_key + " " + key.error()};
  return net::TlsIdentity::from_pem({settings.tls_cert, *certificate}, {settings.tls_key, *key});
}

}  // namespace zvonok::app
