// What people may read and write about themselves, and read about each other.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ports/account_store.hpp"
#include "ports/token_verifier.hpp"

namespace zvonok::accounts {

struct ProfileSettings {
  /// Whether strangers may become users, here or at somebody else's login: then nobody is found by name.
  bool open_to_world = false;
  std::string default_country;
};

struct ProfileChange {
  std::optional<std::string> name;    // tidy
  std::optional<std::string> avatar;  // checked
};

/// What a token says of its bearer, of which nothing is taken that could not stand there: too long, or no
/// text.
ProfileChange claims_of(const ports::Identity& identity);

/// The same, over what the bearer wants: whoever signs the tokens knows better.
ProfileChange claims_over(ProfileChange wanted, const ports::Identity& identity);

/// The user as they are with it; made if there was none, and put if anything is new.
ports::User change_user(ports::AccountRows& rows, const std::string& id, const ProfileChange& change,
                        base::WallTime now);

/// The loop's thread. Lives longer than what is under way in its store.
class Profiles {
 public:
  template <class T>
  using Reply = std::function<void(base::Result<T, ports::StoreError>)>;

  Profiles(ProfileSettings settings, ports::AccountStore& store)
      : settings_(std::move(settings)), store_(store) {}

  /// nullopt: nobody has that id.
  void user(const std::string& id, const Reply<std::optional<ports::User>>& reply);
  /// The user as they are now; made if there was none.
  void change(const std::string& id, const ProfileChange& change, base::WallTime now,
              const Reply<ports::User>& reply);
  /// By the whole phone number or e-mail address, else by the beginning of a word of the name,
  /// kSearchCharactersMin characters of it at least, and not where everybody may become a user: they would
  /// harvest names.
  void search(const std::string& text, const Reply<std::vector<ports::User>>& reply);

  static constexpr std::size_t kFoundMax = 20;
  static constexpr std::size_t kSearchCharactersMin = 3;

 private:
  const ProfileSettings settings_;
  ports::AccountStore& store_;
};

/// Whether it may stand as an avatar: an https URL of at most 512 characters without blanks, or nothing.
bool is_avatar(std::string_view text);

}  // namespace zvonok::accounts
