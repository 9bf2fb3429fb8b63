// Keys, and certificates that nobody trusts.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace zvonok::net::testing {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

inline std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

inline std::string pem(EVP_PKEY* key, std::string pass_phrase = "") {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  const bool sealed = !pass_phrase.empty();
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, sealed ? EVP_aes_128_cbc() : nullptr, nullptr, 0,
                                          nullptr, sealed ? pass_phrase.data() : nullptr),
            1);
  return text_of(bio.get());
}

// Valid from and until so many seconds from now.
inline std::string certificate(EVP_PKEY* key, long from = -3600, long until = 3600) {
  const std::unique_ptr<X509, Free> made(X509_new());
  EXPECT_TRUE(X509_set_pubkey(made.get(), key));
  X509_gmtime_adj(X509_getm_notBefore(made.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), until);
  EXPECT_GT(X509_sign(made.get(), key, EVP_sha256()), 0);
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(PEM_write_bio_X509(bio.get(), made.get()), 1);
  return text_of(bio.get());
}

}  // namespace zvonok::net::testing
