#include "net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace zvonok::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

std::string pem(EVP_PKEY* key, const char* pass_phrase = nullptr) {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  const auto* cipher = pass_phrase != nullptr ? EVP_aes_128_cbc() : nullptr;
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, cipher, nullptr, 0, nullptr,
                                          const_cast<char*>(pass_phrase)),
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
  TlsIdentityTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "zvonok-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  ~TlsIdentityTest() override { std::filesystem::remove_all(folder); }

  std::string write(const char* name, const std::string& bytes) const {
    std::ofstream(folder / name, std::ios::binary) << bytes;
    return (folder / name).string();
  }
  // "" after success, else the error.
  std::string load(const std::string& certificate_file, const std::string& key_file) {
    auto loaded = TlsIdentity::load(certificate_file, key_file);
    if (!loaded) return loaded.error();
    warning = loaded->warning();
    EXPECT_NE(loaded->context(), nullptr);
    return "";
  }

  std::filesystem::path folder;
  std::string warning;
  const Key key{EVP_EC_gen("P-256")};
};

TEST_F(TlsIdentityTest, LoadsAPairThatBelongsTogether) {
  EXPECT_THAT(load(write("cert", certificate(key.get())), write("key", pem(key.get()))), IsEmpty());
  EXPECT_THAT(warning, IsEmpty());
  const Key rsa(EVP_RSA_gen(2048));
  EXPECT_THAT(load(write("cert", certificate(rsa.get())), write("key", pem(rsa.get()))), IsEmpty());
}

TEST_F(TlsIdentityTest, SaysWhichFileIsMissing) {
  const auto cert_file = write("cert", certificate(key.get()));
  const auto key_file = write("key", pem(key.get()));
  const auto nowhere = (folder / "nowhere").string();
  EXPECT_THAT(load(nowhere, key_file), AllOf(HasSubstr("tls.cert " + nowhere), HasSubstr("No such file")));
  EXPECT_THAT(load(cert_file, nowhere), AllOf(HasSubstr("tls.key " + nowhere), HasSubstr("No such file")));
}

TEST_F(TlsIdentityTest, RefusesWhatIsNoPem) {
  const auto cert_file = write("cert", certificate(key.get()));
  const auto junk = write("junk", "not a certificate");
  EXPECT_THAT(load(junk, junk), HasSubstr("tls.cert " + junk));
  EXPECT_THAT(load(cert_file, junk), HasSubstr("tls.key " + junk));
  EXPECT_THAT(load(write("empty", ""), junk), HasSubstr("tls.cert"));
}

TEST_F(TlsIdentityTest, SaysThatAKeyDoesNotBelongToItsCertificate) {
  const Key other(EVP_EC_gen("P-256"));
  const Key rsa(EVP_RSA_gen(2048));
  const auto cert_file = write("cert", certificate(key.get()));
  for (const auto& wrong : {write("other", pem(other.get())), write("rsa", pem(rsa.get()))}) {
    EXPECT_EQ(load(cert_file, wrong), "tls.key " + wrong + " does not belong to tls.cert " + cert_file);
  }
}

// Asking at a terminal would hang a service for ever.
TEST_F(TlsIdentityTest, RefusesAKeyWithAPassPhraseAndSaysSo) {
  const auto error =
      load(write("cert", certificate(key.get())), write("key", pem(key.get(), "a pass phrase")));
  EXPECT_THAT(error, AllOf(HasSubstr("tls.key"), HasSubstr("pass")));
}

TEST_F(TlsIdentityTest, ServesWithAnExpiredCertificateAndWarns) {
  const auto cert_file = write("cert", certificate(key.get(), -7200, -3600));
  EXPECT_THAT(load(cert_file, write("key", pem(key.get()))), IsEmpty());
  EXPECT_THAT(warning, HasSubstr("has expired"));
}

TEST_F(TlsIdentityTest, WarnsOfACertificateThatIsNotValidYet) {
  const auto cert_file = write("cert", certificate(key.get(), 3600, 7200));
  EXPECT_THAT(load(cert_file, write("key", pem(key.get()))), IsEmpty());
  EXPECT_THAT(warning, HasSubstr("not valid yet"));
}

TEST_F(TlsIdentityTest, TakesAChain) {
  const Key issuer(EVP_EC_gen("P-256"));
  const auto chain = certificate(key.get()) + certificate(issuer.get());
  EXPECT_THAT(load(write("cert", chain), write("key", pem(key.get()))), IsEmpty());
}

}  // namespace
}  // namespace zvonok::net
