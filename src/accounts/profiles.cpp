#include "accounts/profiles.hpp"

#include <algorithm>
#include <utility>

#include "accounts/email.hpp"
#include "accounts/phone.hpp"
#include "accounts/text.hpp"

namespace zvonok::accounts {
namespace {

using ports::AccountRows;
using ports::User;

constexpr std::size_t kAvatarCharactersMax = 512;

std::vector<User> found_by_address(AccountRows& rows, const std::string& text, const std::string& country) {
  for (const auto& address : {parse_phone(text, country), parse_email(text)}) {
    if (!address) continue;
    if (auto user = rows.user_by(address->kind, address->text)) return {*std::move(user)};
  }
  return {};
}

}  // namespace

ProfileChange claims_of(const ports::Identity& identity) {
  ProfileChange claims;
  if (const auto name = tidy_name(identity.name); name && !name->empty()) claims.name = name;
  if (!identity.picture.empty() && is_avatar(identity.picture)) claims.avatar = identity.picture;
  return claims;
}

ProfileChange claims_over(ProfileChange wanted, const ports::Identity& identity) {
  auto claims = claims_of(identity);
  if (claims.name) wanted.name = std::move(claims.name);
  if (claims.avatar) wanted.avatar = std::move(claims.avatar);
  return wanted;
}

User change_user(AccountRows& rows, const std::string& id, const ProfileChange& change, base::WallTime now) {
  const auto before = rows.user(id);
  auto user = before.value_or(User{.id = id, .created_at = now});
  if (change.name) {
    user.name = *change.name;
    user.name_key = search_key(*change.name);
  }
  if (change.avatar) user.avatar = *change.avatar;
  if (!before || *before != user) rows.put_user(user);
  return user;
}

void Profiles::user(const std::string& id, const Reply<std::optional<User>>& reply) {
  ports::transact<std::optional<User>>(
      store_, [id](AccountRows& rows) { return rows.user(id); }, reply);
}

void Profiles::change(const std::string& id, const ProfileChange& change, base::WallTime now,
                      const Reply<User>& reply) {
  ports::transact<User>(
      store_, [id, change, now](AccountRows& rows) { return change_user(rows, id, change, now); }, reply);
}

void Profiles::search(const std::string& text, const Reply<std::vector<User>>& reply) {
  const auto key = search_key(text);
  const auto characters = decode_utf8(key).value_or(std::u32string()).size();
  const bool by_name =
      characters >= kSearchCharactersMin && characters <= kNameCharactersMax && !settings_.open_to_world;
  ports::transact<std::vector<User>>(
      store_,
      [text, key, by_name, country = settings_.default_country](AccountRows& rows) {
        auto users = found_by_address(rows, text, country);
        if (users.empty() && by_name) users = rows.users_named(key, kFoundMax);
        return users;
      },
      reply);
}

bool is_avatar(std::string_view text) {
  if (text.empty()) return true;
  const auto decoded = decode_utf8(text);
  if (!decoded || decoded->size() > kAvatarCharactersMax) return false;
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme) || text.size() == kScheme.size()) return false;
  return std::ranges::none_of(*decoded, [](char32_t c) {
    return is_blank(c) || is_control(c) || c == U'"' || c == U'<' || c == U'>';
  });
}

}  // namespace zvonok::accounts
