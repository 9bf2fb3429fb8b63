#include "net/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string_view>

namespace zvonok::net {
namespace {

// The first entry of the queue is the cause; what is behind it are consequences.
std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

// RFC 7301 section 3.2: a list without http/1.1 that asks for HTTP/2 is refused, so that no browser tries
// WebSockets over HTTP/2 here; other names are nobody's business.
int select_alpn(SSL* /*ssl*/, const unsigned char** selected, unsigned char* selected_size,
                const unsigned char* offered, unsigned int offered_size, void* /*context*/) {
  constexpr std::string_view kOurs = "http/1.1";
  bool offers_h2 = false;
  for (unsigned i = 0; i < offered_size;) {
    const unsigned size = std::min<unsigned>(offered[i], offered_size - i - 1);
    const std::string_view name(reinterpret_cast<const char*>(offered + i + 1), size);
    if (name == kOurs) {
      *selected = offered + i + 1;
      *selected_size = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
    offers_h2 = offers_h2 || name == "h2";
    i += 1 + size;
  }
  return offers_h2 ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
}

// `asked`: a bool that says it was. A server has nobody to ask.
int refuse_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

BioPtr reader_of(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

// The first certificate is ours, the others lead to one that clients know.
bool use_chain(SSL_CTX* context, const std::string& pem) {
  bool asked = false;
  const BioPtr text = reader_of(pem);
  const X509Ptr leaf(PEM_read_bio_X509_AUX(text.get(), nullptr, refuse_pass_phrase, &asked), X509_free);
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return false;
  while (true) {
    X509Ptr issuer(PEM_read_bio_X509(text.get(), nullptr, refuse_pass_phrase, &asked), X509_free);
    if (!issuer) break;
    if (SSL_CTX_add0_chain_cert(context, issuer.get()) != 1) return false;
    (void)issuer.release();  // the context has it now
  }
  // The end of the text is no error; a certificate that is cut off is.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (at_end) ERR_clear_error();
  return at_end;
}

std::string validity_warning(SSL_CTX* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) return "the certificate has expired";
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) return "the certificate is not valid yet";
  return {};
}

}  // namespace

void FreeSsl::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

base::Result<TlsIdentity, std::string> TlsIdentity::from_pem(const PemFile& certificate, const PemFile& key) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return base::Unexpected{"TLS: " + openssl_reason()};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Partial writes let a queue move on; released buffers save 34 KB on each idle connection.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.get(), select_alpn, nullptr);
  ERR_clear_error();
  if (!use_chain(context.get(), certificate.text))
    return base::Unexpected{"tls.cert " + certificate.name + ": " + openssl_reason()};
  bool asked = false;
  const BioPtr key_text = reader_of(key.text);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> private_key(
      PEM_read_bio_PrivateKey(key_text.get(), nullptr, refuse_pass_phrase, &asked), EVP_PKEY_free);
  if (asked) {
    ERR_clear_error();
    return base::Unexpected{"tls.key " + key.name +
                            ": has a pass phrase, which nobody is there to type; remove it"};
  }
  if (!private_key) return base::Unexpected{"tls.key " + key.name + ": " + openssl_reason()};
  if (SSL_CTX_use_PrivateKey(context.get(), private_key.get()) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    ERR_clear_error();
    return base::Unexpected{"tls.key " + key.name + " does not belong to tls.cert " + certificate.name};
  }
  TlsIdentity identity;
  identity.warning_ = validity_warning(context.get());
  identity.context_ = context;
  return identity;
}

}  // namespace zvonok::net
