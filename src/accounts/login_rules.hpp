// What happens in the transactions of logging in: rows and an input with the time and all chance in it go in,
// rows and an outcome come out. They run on the store's thread, perhaps more than once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accounts/address.hpp"
#include "accounts/registration.hpp"
#include "accounts/session_rules.hpp"
#include "base/time.hpp"
#include "ports/account_rows.hpp"

namespace zvonok::accounts {

struct AskInput {
  Address address;
  std::string code_hash;    // of the code that would be sent
  std::string invite_hash;  // empty: no invitation was shown
  std::size_t messages_per_hour_max;
  bool crowded;  // more addresses are asked for than can all be remembered
  base::WallTime now;
};

enum class AskOutcome : std::uint8_t {
  kSend,
  kNothing,
  // All together have had their messages of the hour; or those that are not kept for users and who was
  // invited; or those go out alone, since it is a crowd.
  kFlood,
  kFloodOfStrangers,
  kCrowd,
};

// A person who mistypes their address now and then needs a few. Whoever holds an invitation may ask for
// this many, each for another address.
inline constexpr std::int64_t kMessagesPerInviteMax = 10;

/// The same is read and written whether or not the address is anybody's: neither answer nor time tells. Only
/// in a crowd addresses that are nobody's leave no row of their own. Half of the messages of an hour are kept
/// for users and who was invited.
AskOutcome ask(ports::AccountRows& rows, const AskInput& input, const RegistrationPolicy& policy);

struct VerifyInput {
  Address address;
  std::vector<std::string> code_hashes;  // of the code that was shown
  std::string invite_hash;               // empty: no invitation was shown
  std::string name;                      // of a new user, tidy; empty: not said
  std::string device;
  std::string new_user_id, new_session_id;
  base::WallTime now;
};

struct InvalidCode {};
struct TooManyTries {
  base::WallTime again_at;
};
/// The code was right, and used up, but who has this address may not become a user by that invitation.
struct NotInvited {
  InviteVerdict why;
};
struct Verified {
  ports::User user;
  ports::LoginSession session;
  std::vector<ports::LoginSession> ended;  // older sessions of the user that had to go
};
using VerifyOutcome = std::variant<InvalidCode, TooManyTries, NotInvited, Verified>;

VerifyOutcome verify(ports::AccountRows& rows, const VerifyInput& input, const RegistrationPolicy& policy);

struct InviteState {
  InviteVerdict verdict = InviteVerdict::kUnknown;
  base::WallTime expires_at{};
};
/// Changes nothing.
InviteState look_at_invite(ports::AccountRows& rows, const std::string& hash, base::WallTime now);

struct RefreshOutcome {
  RefreshVerdict verdict = RefreshVerdict::kRefused;
  ports::LoginSession session;  // as it is now
};
RefreshOutcome refresh(ports::AccountRows& rows, const RefreshToken& token, const std::string& device,
                       base::WallTime now);

/// Ends a session. False: it is none of ours, since tokens of others may have a `sid`, too.
bool end_session(ports::AccountRows& rows, const std::string& session, base::WallTime now);

/// Forgets what no rule will ask for again.
void forget_old(ports::AccountRows& rows, base::WallTime now);

}  // namespace zvonok::accounts
