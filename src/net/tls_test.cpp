#include "net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace zvonok::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string pem(EVP_PKEY* key, std::string pass_phrase = "") {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  const bool sealed = !pass_phrase.empty();
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, sealed ? EVP_aes_128_cbc() : nullptr, nullptr, 0,
                                          nullptr, sealed ? pass_phrase.data() : nullptr),
            1);
  return text_of(bio.get());
}

// Valid from and until so many seconds from now.
std::string certificate(EVP_PKEY* key, long from = -3600, long until = 3600) {
  const std::unique_ptr<X509, Free> made(X509_new());
  EXPECT_TRUE(X509_set_pubkey(made.get(), key));
  X509_gmtime_adj(X509_getm_notBefore(made.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), until);
  EXPECT_GT(X509_sign(made.get(), key, EVP_sha256()), 0);
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(PEM_write_bio_X509(bio.get(), made.get()), 1);
  return text_of(bio.get());
}

class TlsIdentityTest : public ::testing::Test {
 protected:
  // "" after success, else the error.
  std::string load(const std::string& certificate_pem, const std::string& key_pem) {
    auto loaded = TlsIdentity::from_pem({"cert.pem", certificate_pem}, {"key.pem", key_pem});
    if (!loaded) return loaded.error();
    warning = loaded->warning();
    EXPECT_NE(loaded->context(), nullptr);
    return "";
  }

  std::string warning;
  const Key key{EVP_EC_gen("P-256")};
};

TEST_F(TlsIdentityTest, LoadsAPairThatBelongsTogether) {
  EXPECT_THAT(load(certificate(key.get()), pem(key.get())), IsEmpty());
  EXPECT_THAT(warning, IsEmpty());
  const Key rsa(EVP_RSA_gen(2048));
  EXPECT_THAT(load(certificate(rsa.get()), pem(rsa.get())), IsEmpty());
}

TEST_F(TlsIdentityTest, SaysWhichOfTheTwoIsNoPem) {
  for (const auto* junk :
       {"", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    EXPECT_THAT(load(junk, pem(key.get())), StartsWith("tls.cert cert.pem")) << junk;
    EXPECT_THAT(load(certificate(key.get()), junk), StartsWith("tls.key key.pem")) << junk;
  }
  EXPECT_THAT(load(pem(key.get()), certificate(key.get())), StartsWith("tls.cert cert.pem"))
      << "the two mixed up";
}

TEST_F(TlsIdentityTest, SaysThatAKeyDoesNotBelongToItsCertificate) {
  const Key other(EVP_EC_gen("P-256"));
  const Key rsa(EVP_RSA_gen(2048));
  for (const auto* wrong : {&other, &rsa}) {
    EXPECT_EQ(load(certificate(key.get()), pem(wrong->get())),
              "tls.key key.pem does not belong to tls.cert cert.pem");
  }
}

// Asking at a terminal would hang a service for ever.
TEST_F(TlsIdentityTest, RefusesAKeyWithAPassPhraseAndSaysSo) {
  const auto error = load(certificate(key.get()), pem(key.get(), "a pass phrase"));
  EXPECT_THAT(error, AllOf(StartsWith("tls.key key.pem"), HasSubstr("pass")));
}

TEST_F(TlsIdentityTest, ServesWithAnExpiredCertificateAndWarns) {
  EXPECT_THAT(load(certificate(key.get(), -7200, -3600), pem(key.get())), IsEmpty());
  EXPECT_THAT(warning, HasSubstr("has expired"));
}

TEST_F(TlsIdentityTest, WarnsOfACertificateThatIsNotValidYet) {
  EXPECT_THAT(load(certificate(key.get(), 3600, 7200), pem(key.get())), IsEmpty());
  EXPECT_THAT(warning, HasSubstr("not valid yet"));
}

TEST_F(TlsIdentityTest, TakesAChain) {
  const Key issuer(EVP_EC_gen("P-256"));
  EXPECT_THAT(load(certificate(key.get()) + certificate(issuer.get()), pem(key.get())), IsEmpty());
}

// Half a chain works with some clients and not with others: better not to start.
TEST_F(TlsIdentityTest, RefusesAChainThatIsCutOff) {
  const Key issuer(EVP_EC_gen("P-256"));
  const auto chain = certificate(key.get()) + certificate(issuer.get());
  EXPECT_THAT(load(chain.substr(0, chain.size() - 60), pem(key.get())), StartsWith("tls.cert cert.pem"));
}

}  // namespace
}  // namespace zvonok::net
