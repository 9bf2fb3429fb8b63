// TLS for our port, with OpenSSL straight on the socket: readiness comes from the loop, so no memory BIO and
// no second buffer stands between.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

using SSL_CTX = struct ssl_ctx_st;
using SSL = struct ssl_st;

namespace zvonok::net {

/// The text of a PEM file, and its name for messages.
struct PemFile {
  std::string name, text;
};

/// The certificate and key in use. Connections that are open keep the pair that they began with.
class TlsIdentity {
 public:
  /// Takes a certificate chain and its key, both PEM. The error says which of them is wrong and why. A key
  /// with a pass phrase is refused, not asked for.
  static base::Result<TlsIdentity, std::string> from_pem(const PemFile& certificate, const PemFile& key);

  /// Empty, or what an operator should know of a pair that works: it has expired, or is not valid yet.
  const std::string& warning() const { return warning_; }
  SSL_CTX* context() const { return context_.get(); }

 private:
  std::shared_ptr<SSL_CTX> context_;
  std::string warning_;
};

struct FreeSsl {
  void operator()(SSL* ssl) const;
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;

}  // namespace zvonok::net
