#include "notify/mailbox.hpp"

#include <algorithm>

#include "fetch/control_characters.hpp"

namespace zvonok::notify {
namespace {

// RFC 5321 section 4.5.3.1.3 allows a path of 256 bytes, of which < and > are two.
constexpr std::size_t kAddressBytesMax = 254;
// Longer ones are cut by every mail program.
constexpr std::size_t kNameBytesMax = 128;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view unquoted(std::string_view name) {
  const bool quoted = name.size() >= 2 && name.front() == '"' && name.back() == '"';
  return quoted ? name.substr(1, name.size() - 2) : name;
}

bool is_name(std::string_view text) {
  return text.size() <= kNameBytesMax && text.find_first_of("\"\\<>") == text.npos &&
         !fetch::has_control_character(text);
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == text.npos || at == 0 || at + 1 == text.size() || text.size() > kAddressBytesMax) return false;
  return text.rfind('@') == at && text.find_first_of(" <>()[],;:\"\\") == text.npos &&
         !fetch::has_control_character(text);
}

std::optional<Mailbox> read_mailbox(std::string_view text) {
  text = trimmed(text);
  if (is_mail_address(text)) return Mailbox{.name = {}, .address = std::string(text)};
  const auto open = text.rfind('<');
  if (open == text.npos || !text.ends_with('>')) return std::nullopt;
  const auto name = unquoted(trimmed(text.substr(0, open)));
  const auto address = text.substr(open + 1, text.size() - open - 2);
  if (!is_name(name) || !is_mail_address(address)) return std::nullopt;
  return Mailbox{.name = std::string(name), .address = std::string(address)};
}

std::string_view mailbox_problem(std::string_view text) {
  if (read_mailbox(text)) return {};
  return "an e-mail address such as calls@example.org or Calls <calls@example.org>";
}

}  // namespace zvonok::notify
