#include "app/secret_file.hpp"

#include <string_view>

#include "app/config_reader.hpp"

namespace zvonok::app {
namespace {

constexpr std::size_t kSecretBytesMax =
    64 * 1024;  // far above any key; a file that is larger is the wrong one

}  // namespace

base::Result<Secret, std::string> read_secret_file(const std::string& path) {
  auto bytes = read_regular_file(path, kSecretBytesMax);
  if (!bytes) return base::Unexpected<std::string>{bytes.error()};
  std::string secret = *std::move(bytes);
  // An editor on Windows puts the mark there unseen. Cutting it off would be a guess: whoever signs may have
  // read it too.
  for (const char* mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"}) {
    if (secret.starts_with(mark)) {
      return base::Unexpected<std::string>{
          "begins with a byte order mark (BOM), which would be part of the secret; save it as plain UTF-8 "
          "without BOM"};
    }
  }
  for (const std::string_view line_end : {"\r\n", "\n"}) {
    if (!secret.ends_with(line_end)) continue;
    secret.resize(secret.size() - line_end.size());
    break;
  }
  if (secret.empty()) {
    return base::Unexpected<std::string>{"is empty; make a secret with `openssl rand -base64 48`"};
  }
  return Secret(std::move(secret));
}

}  // namespace zvonok::app
