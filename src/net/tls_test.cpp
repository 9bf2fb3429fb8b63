#include "net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include <string>

#include "net/test_certificate.hpp"

namespace zvonok::net {
namespace {

using ::testing::AllOf;
using testing::certificate;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Key;
using testing::pem;
using ::testing::StartsWith;

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
