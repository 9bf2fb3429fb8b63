#include "app/lan.hpp"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <qrencode.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "turn/own_addresses.hpp"

namespace zvonok::app {
namespace {

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using FilePtr = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

constexpr long kValidSeconds = 365L * 24 * 3600;
constexpr long kRenewBeforeSeconds = 7L * 24 * 3600;

// "IP:192.0.2.1, IP:::1, DNS:localhost": the names that a browser may have typed.
std::string alternative_names(const std::vector<base::IpAddress>& addresses) {
  std::string names = "DNS:localhost";
  for (const auto& address : addresses) names += ",IP:" + address.to_string();
  return names;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

X509Ptr make_certificate(EVP_PKEY* key, const std::string& names) {
  X509Ptr certificate(X509_new(), X509_free);
  if (!certificate) return certificate;
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> serial(BN_new(), BN_free);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* common_name = reinterpret_cast<const unsigned char*>("zvonok");
  const bool made = X509_set_version(certificate.get(), 2) == 1 &&
                    BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
                    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds) != nullptr &&
                    X509_set_pubkey(certificate.get(), key) == 1 &&
                    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
                    X509_set_issuer_name(certificate.get(), subject) == 1 &&
                    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") &&
                    add_extension(certificate.get(), NID_subject_alt_name, names) &&
                    X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  if (!made) certificate.reset();
  return certificate;
}

FilePtr open_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0) ::fchmod(file, 0600);  // one that was there may have had another mode
  return {file < 0 ? nullptr : ::fdopen(file, "w"), std::fclose};
}

// Whether the pair is there, belongs together (a crash may have come between the two), lasts, and names all.
bool covers(const SelfSigned& files, const std::vector<base::IpAddress>& addresses) {
  const FilePtr file(std::fopen(files.certificate_file.c_str(), "r"), std::fclose);
  const FilePtr key_file(std::fopen(files.key_file.c_str(), "r"), std::fclose);
  if (!file || !key_file) return false;
  const X509Ptr certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  const KeyPtr key(PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) return false;
  std::time_t soon = std::time(nullptr) + kRenewBeforeSeconds;
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) < 0) return false;
  return std::ranges::all_of(addresses, [&](const base::IpAddress& address) {
    return X509_check_ip_asc(certificate.get(), address.to_string().c_str(), 0) == 1;
  });
}

std::string url_of(const base::IpAddress& address, unsigned short port, const std::string& key) {
  const auto host = address.is_v4() ? address.to_string() : "[" + address.to_string() + "]";
  return "https://" + host + ":" + std::to_string(port) + "/#key=" + key;
}

// Two modules in one letter: terminals' letters are twice as high as wide. Dark on light, with the quiet zone
// of four modules that readers need.
std::string qr_code(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1), QRcode_free);
  if (!code) return {};
  constexpr int kQuiet = 4;
  const auto dark = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1) != 0;
  };
  std::string drawn;
  for (int y = -kQuiet; y < code->width + kQuiet; y += 2) {
    drawn += "\x1b[30;47m";
    for (int x = -kQuiet; x < code->width + kQuiet; ++x) {
      const bool upper = dark(x, y);
      const bool lower = dark(x, y + 1);
      drawn += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }
    drawn += "\x1b[0m\n";
  }
  return drawn;
}

}  // namespace

std::vector<base::IpAddress> own_addresses() {
  auto addresses = turn::own_addresses();
  // IPv4 first: it is what fits into a QR code that a phone reads from a screen.
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const base::IpAddress& a) { return a.is_v4(); });
  return addresses;
}

base::Result<SelfSigned, std::string> self_signed_certificate(const std::string& data_dir,
                                                              const std::vector<base::IpAddress>& addresses) {
  const SelfSigned files{data_dir + "/lan-cert.pem", data_dir + "/lan-key.pem"};
  if (covers(files, addresses)) return files;
  std::error_code error;
  std::filesystem::create_directories(data_dir, error);
  if (error) return base::Unexpected{"data_dir " + data_dir + " cannot be made: " + error.message()};
  const KeyPtr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const X509Ptr certificate =
      key ? make_certificate(key.get(), alternative_names(addresses)) : X509Ptr(nullptr, X509_free);
  if (!certificate) return base::Unexpected{std::string("a certificate for --lan cannot be made")};
  const FilePtr key_file = open_private(files.key_file);
  const FilePtr certificate_file = open_private(files.certificate_file);
  if (!key_file || !certificate_file ||
      PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_X509(certificate_file.get(), certificate.get()) != 1) {
    return base::Unexpected{"the certificate for --lan cannot be written to " + data_dir};
  }
  return files;
}

std::string lan_invitation(const std::vector<base::IpAddress>& addresses, unsigned short port,
                           const std::string& key) {
  if (addresses.empty()) return "This machine has no address that others in the network could reach.\n";
  std::string text =
      "\nOpen on the phones in this network (the browser will warn: the certificate is our own):\n";
  for (const auto& address : addresses) text += "  " + url_of(address, port, key) + "\n";
  return text + "\n" + qr_code(url_of(addresses.front(), port, key)) + "\n";
}

}  // namespace zvonok::app
