#include "app/lan.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "base/test_folder.hpp"
#include "net/tls.hpp"

namespace zvonok::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

base::IpAddress ip(std::string_view text) {
  return base::IpAddress::parse(text).value();
}

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class SelfSignedTest : public ::testing::Test {
 protected:
  SelfSigned made(const std::vector<base::IpAddress>& covered) const {
    return self_signed_certificate(folder.path("."), covered).value();
  }
  static std::string bytes(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static base::Result<net::TlsIdentity, std::string> identity_of(const SelfSigned& files) {
    return net::TlsIdentity::from_pem({"cert", bytes(files.certificate_file)},
                                      {"key", bytes(files.key_file)});
  }
  static std::unique_ptr<X509, Free> certificate(const SelfSigned& files) {
    const std::unique_ptr<std::FILE, Free> file(std::fopen(files.certificate_file.c_str(), "r"));
    return std::unique_ptr<X509, Free>(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  }
  static bool covers(const SelfSigned& files, const char* address) {
    return X509_check_ip_asc(certificate(files).get(), address, 0) == 1;
  }
  // Puts the end of the certificate's life elsewhere, as the passing of a year does.
  static void expire(const SelfSigned& files, long seconds_from_now) {
    const auto aged = certificate(files);
    X509_gmtime_adj(X509_getm_notAfter(aged.get()), seconds_from_now);
    const std::unique_ptr<std::FILE, Free> file(std::fopen(files.certificate_file.c_str(), "w"));
    ASSERT_EQ(PEM_write_X509(file.get(), aged.get()), 1);
  }

  base::TestFolder folder;
  const std::vector<base::IpAddress> addresses{ip("192.168.1.5"), ip("2001:db8::5")};
};

TEST_F(SelfSignedTest, CoversTheAddresses) {
  const auto files = made(addresses);
  EXPECT_TRUE(covers(files, "192.168.1.5"));
  EXPECT_TRUE(covers(files, "2001:db8::5"));
  EXPECT_FALSE(covers(files, "192.168.1.6"));
  EXPECT_EQ(X509_check_host(certificate(files).get(), "localhost", 0, 0, nullptr), 1);
}

TEST_F(SelfSignedTest, IsAPairThatTheServerTakes) {
  const auto files = made(addresses);
  const auto identity = identity_of(files);
  ASSERT_TRUE(identity) << identity.error();
  EXPECT_EQ(identity->warning(), "");
}

// Phones refuse server certificates that are valid for longer than 398 days, or not made for servers.
TEST_F(SelfSignedTest, IsWhatPhonesTake) {
  const auto made_now = certificate(made(addresses));
  std::time_t in_11_months = std::time(nullptr) + 335L * 24 * 3600;
  std::time_t in_398_days = std::time(nullptr) + 398L * 24 * 3600;
  EXPECT_GT(X509_cmp_time(X509_get0_notAfter(made_now.get()), &in_11_months), 0);
  EXPECT_LT(X509_cmp_time(X509_get0_notAfter(made_now.get()), &in_398_days), 0);
  EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(made_now.get())), 0);
  EXPECT_TRUE(X509_get_extended_key_usage(made_now.get()) & XKU_SSL_SERVER);
  EXPECT_EQ(X509_check_ca(made_now.get()), 0);
}

TEST_F(SelfSignedTest, KeepsItsKeyForItsOwnerAlone) {
  const auto former = ::umask(0);
  const auto files = made(addresses);
  ::umask(former);
  struct stat status {};
  ASSERT_EQ(::stat(files.key_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

// A new one would make every phone ask again.
TEST_F(SelfSignedTest, IsKeptAsLongAsItCoversTheAddresses) {
  const auto first = bytes(made(addresses).certificate_file);
  EXPECT_EQ(bytes(made(addresses).certificate_file), first);
  EXPECT_EQ(bytes(made({addresses[1]}).certificate_file), first);
  EXPECT_EQ(bytes(made({}).certificate_file), first);
}

TEST_F(SelfSignedTest, IsMadeAnewForAnAddressThatItLacks) {
  const auto first = bytes(made(addresses).certificate_file);
  const auto files = made({ip("192.168.1.5"), ip("10.0.0.9")});
  EXPECT_NE(bytes(files.certificate_file), first);
  EXPECT_TRUE(covers(files, "10.0.0.9"));
  EXPECT_TRUE(identity_of(files));
}

TEST_F(SelfSignedTest, IsMadeAnewAWeekBeforeItsEnd) {
  const auto files = made(addresses);
  expire(files, 8L * 24 * 3600);
  const auto aged = bytes(files.certificate_file);
  made(addresses);
  EXPECT_EQ(bytes(files.certificate_file), aged);
  expire(files, 6L * 24 * 3600);
  made(addresses);
  EXPECT_TRUE(identity_of(files));
  std::time_t in_a_month = std::time(nullptr) + 30L * 24 * 3600;
  EXPECT_GT(X509_cmp_time(X509_get0_notAfter(certificate(files).get()), &in_a_month), 0);
}

TEST_F(SelfSignedTest, IsMadeAnewWhenAFileIsDamagedOrMissing) {
  for (const auto* name : {"lan-cert.pem", "lan-key.pem"}) {
    made(addresses);
    std::filesystem::remove(folder.path(name));
    const auto again = made(addresses);
    EXPECT_TRUE(identity_of(again)) << name;
  }
  folder.write("lan-cert.pem", "junk");
  const auto again = made(addresses);
  EXPECT_TRUE(identity_of(again));
}

// With JWT_SECRET set nothing else has made the folder before.
TEST_F(SelfSignedTest, MakesItsFolder) {
  const auto files = self_signed_certificate(folder.path("new/data"), addresses);
  ASSERT_TRUE(files) << files.error();
  EXPECT_TRUE(covers(*files, "192.168.1.5"));
}

TEST_F(SelfSignedTest, SaysThatItCannotBeWritten) {
  const auto files = self_signed_certificate(folder.write("file", "") + "/data", addresses);
  ASSERT_FALSE(files);
  EXPECT_THAT(files.error(), HasSubstr(folder.path("file")));
}

TEST(OwnAddresses, AreNoneThatOthersCannotReach) {
  for (const auto& address : own_addresses()) {
    EXPECT_FALSE(address.is_loopback()) << address.to_string();
    EXPECT_THAT(address.to_string(), Not(::testing::StartsWith("169.254.")));
    EXPECT_THAT(address.to_string(), Not(::testing::StartsWith("fe80:")));
  }
}

TEST(LanInvitation, NamesEveryAddressAndDrawsTheFirst) {
  const auto text = lan_invitation({ip("192.168.1.5"), ip("2001:db8::5")}, 3001, "K");
  EXPECT_THAT(text, HasSubstr("  https://192.168.1.5:3001/#key=K\n"));
  EXPECT_THAT(text, HasSubstr("  https://[2001:db8::5]:3001/#key=K\n"));
  EXPECT_THAT(text, HasSubstr("█"));
}

TEST(LanInvitation, SaysThatThereIsNoAddress) {
  EXPECT_THAT(lan_invitation({}, 3001, "K"), HasSubstr("no address"));
}

}  // namespace
}  // namespace zvonok::app
