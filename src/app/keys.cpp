#include "app/keys.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "app/config_reader.hpp"
#include "app/secret_file.hpp"
#include "auth/key_set.hpp"
#include "auth/login_secrets.hpp"

namespace zvonok::app {
namespace {

constexpr std::size_t kDevSecretBytes = 48;

// Written whole under another name first: a second server that starts at the same moment finds no half of a
// secret, and the first of the two to be linked is the one that both use.
base::Result<void, std::string> write_new_secret(const std::string& path) {
  const std::string draft = path + "." + std::to_string(::getpid());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return base::Unexpected{draft + " cannot be made: " + std::strerror(errno)};
  const std::string text = random_text(kDevSecretBytes) + "\n";
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool closed = ::close(file) == 0;
  const bool linked = written && closed && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(draft.c_str());
  if (!linked) return base::Unexpected{path + " cannot be written"};
  return {};
}

}  // namespace

std::string random_text(std::size_t bytes) {
  return auth::random_base64url(bytes);
}

base::Result<auth::JwtKeys, std::string> read_keys(const Settings& settings,
                                                   std::vector<std::string>& warnings) {
  auth::JwtKeys keys{
      .secret = settings.jwt_secret, .previous_secret = settings.jwt_secret_previous, .key_set = {}};
  if (settings.jwks_file.empty()) return keys;
  const auto text = read_regular_file(settings.jwks_file, kKeySetBytesMax);
  if (!text) return base::Unexpected{"jwks.file " + settings.jwks_file + " " + text.error()};
  std::vector<std::string> skipped;
  auto key_set = auth::read_key_set(*text, skipped);
  if (!key_set) return base::Unexpected{"jwks.file " + settings.jwks_file + ": " + key_set.error()};
  for (const auto& warning : skipped) warnings.push_back("jwks.file " + settings.jwks_file + ": " + warning);
  keys.key_set = *std::move(key_set);
  return keys;
}

base::Result<Secret, std::string> dev_secret(const std::string& data_dir) {
  std::error_code error;
  std::filesystem::create_directories(data_dir, error);
  if (error) return base::Unexpected{"data_dir " + data_dir + " cannot be made: " + error.message()};
  const std::string path = data_dir + "/dev-secret";
  if (!path_exists(path)) {
    if (auto written = write_new_secret(path); !written) return base::Unexpected{written.error()};
  }
  auto secret = read_secret_file(path);
  if (!secret) return base::Unexpected{path + " " + secret.error()};
  return *std::move(secret);
}

}  // namespace zvonok::app
