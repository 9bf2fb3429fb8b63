// What every ports::AccountRows promises, as one suite. An adapter's test gives a type with
//   static std::string missing();   // what is not here that it needs; empty: all is here
//   bool transact(const std::function<void(ports::AccountRows&)>& rule);   // false: nothing of it was kept
// and instantiates AccountRowsContract with it. `missing` may be left out.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ports/account_rows.hpp"
#include "ports/test_requirements.hpp"

namespace zvonok::ports {

// For what GoogleTest prints when two of them differ.
inline void PrintTo(const User& user, std::ostream* out) {
  *out << "user " << user.id.substr(0, 40) << " '" << user.name << "' key '" << user.name_key << "' "
       << user.avatar << ' ' << user.phone << ' ' << user.email << " at "
       << user.created_at.time_since_epoch().count();
}
inline void PrintTo(const LoginState& state, std::ostream* out) {
  *out << "code " << state.code_hash << (state.code_sent ? " sent" : " not sent") << " until "
       << state.code_expires_at.time_since_epoch().count() << " tries " << state.code_tries << " full at "
       << state.tries_full_at.time_since_epoch().count() << " asked";
  for (const auto at : state.asked_at) *out << ' ' << at.time_since_epoch().count();
}
inline void PrintTo(const LoginSession& session, std::ostream* out) {
  *out << "session " << session.id << " of " << session.user << " n " << session.n << " device "
       << session.device << " rotated " << session.rotated_at.time_since_epoch().count() << " created "
       << session.created_at.time_since_epoch().count() << " ended "
       << (session.ended_at ? session.ended_at->time_since_epoch().count() : -1);
}

namespace testing_rows {

inline base::WallTime at(std::int64_t ms) {
  return base::WallTime(base::Duration(ms));
}
inline constexpr std::int64_t kNow = 1'700'000'000'123;

inline User user(const std::string& id, const std::string& name = {}) {
  return {.id = id,
          .name = name,
          .name_key = name,
          .avatar = {},
          .phone = {},
          .email = {},
          .created_at = at(kNow)};
}
inline User user_with_phone(const std::string& id, const std::string& phone) {
  auto made = user(id);
  made.phone = phone;
  return made;
}
inline User user_with_email(const std::string& id, const std::string& email) {
  auto made = user(id);
  made.email = email;
  return made;
}
inline LoginSession session(const std::string& id, const std::string& user, std::int64_t rotated_at = kNow) {
  return {.id = id,
          .user = user,
          .n = 1,
          .device = {},
          .rotated_at = at(rotated_at),
          .created_at = at(kNow - 1),
          .ended_at = std::nullopt};
}
inline LoginSession ended_session(const std::string& id, const std::string& user, std::int64_t ended_at) {
  auto made = session(id, user);
  made.ended_at = at(ended_at);
  return made;
}
inline LoginState asked(std::vector<base::WallTime> asked_at) {
  LoginState state;
  state.asked_at = std::move(asked_at);
  return state;
}
inline Invite invite(const std::string& hash, std::int64_t expires_at) {
  return {.token_hash = hash, .expires_at = at(expires_at), .used_at = std::nullopt, .used_by = {}};
}

/// Horizons before which nothing lies.
inline AccountRows::Horizons nothing() {
  const auto never = at(-1'000'000'000'000'000);
  return {.asked = never, .messages = never, .invites = never, .ended = never, .rotated = never};
}

template <class Row>
std::vector<std::string> ids(const std::vector<Row>& rows) {
  std::vector<std::string> found(rows.size());
  std::ranges::transform(rows, found.begin(), &Row::id);
  return found;
}

/// Texts that a store which pastes, cuts, trims or folds them would change; none is like another.
inline const std::vector<std::string>& hard_texts() {
  static const std::vector<std::string> kTexts{"'; DROP TABLE users; --",
                                               R"("quoted" 'twice')",
                                               "a%b_c",
                                               R"(back\slash\\)",
                                               ":id $1 ?1 @x :value",
                                               "NULL",
                                               " blanks at its ends ",
                                               "line\nand\ttab\r\n",
                                               "ё",
                                               "Ё",
                                               "a\u0308",
                                               "\u00e4",
                                               "\U0001F469\u200D\U0001F467",
                                               "\u202Eright to left",
                                               "42",
                                               "042",
                                               "42.0",
                                               "aAA",
                                               "AAA",
                                               "\x01\x7f",
                                               std::string(512, 'x'),
                                               std::string(511, 'x') + "y",
                                               "{\"json\":[1]}"};
  return kTexts;
}

}  // namespace testing_rows

template <class Adapter>
class AccountRowsContract : public ::testing::Test {
 protected:
  using Rule = std::function<void(AccountRows&)>;

  void SetUp() override {
    const auto missing = what_is_missing_for<Adapter>();
    if (!missing.empty()) return skip_for_want_of(missing);
    adapter.emplace();
  }

  /// One transaction, which must be kept.
  void run(const Rule& rule) { ASSERT_TRUE(adapter->transact(rule)); }
  void expect_refused(const Rule& rule) { EXPECT_FALSE(adapter->transact(rule)); }

  void put(const std::vector<User>& users) {
    run([&](AccountRows& rows) {
      for (const auto& each : users) rows.put_user(each);
    });
  }
  void put(const std::vector<LoginSession>& sessions) {
    run([&](AccountRows& rows) {
      for (const auto& each : sessions) rows.put_session(each);
    });
  }
  /// What a transaction of its own reads.
  template <class T>
  T read(const std::function<T(AccountRows&)>& query) {
    T result{};
    run([&](AccountRows& rows) { result = query(rows); });
    return result;
  }
  std::optional<User> user(const std::string& id) {
    return read<std::optional<User>>([&](AccountRows& rows) { return rows.user(id); });
  }
  std::optional<User> user_by(AddressKind kind, const std::string& address) {
    return read<std::optional<User>>([&](AccountRows& rows) { return rows.user_by(kind, address); });
  }
  std::optional<LoginSession> session(const std::string& id) {
    return read<std::optional<LoginSession>>([&](AccountRows& rows) { return rows.session(id); });
  }
  std::optional<LoginState> login_state(const std::string& address) {
    return read<std::optional<LoginState>>([&](AccountRows& rows) { return rows.login_state(address); });
  }
  std::optional<Invite> invite(const std::string& hash) {
    return read<std::optional<Invite>>([&](AccountRows& rows) { return rows.invite(hash); });
  }
  std::vector<std::string> named(const std::string& key, std::size_t at_most = 20) {
    return testing_rows::ids(
        read<std::vector<User>>([&](AccountRows& rows) { return rows.users_named(key, at_most); }));
  }
  void forget(const AccountRows::Horizons& horizons) {
    run([&](AccountRows& rows) { rows.forget(horizons); });
  }

  std::optional<Adapter> adapter;
};

TYPED_TEST_SUITE_P(AccountRowsContract);

// --- transactions
// --------------------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, HoldNothingAtFirst) {
  using namespace testing_rows;
  this->run([](AccountRows& rows) {
    EXPECT_FALSE(rows.user("a"));
    EXPECT_FALSE(rows.user(""));
    EXPECT_FALSE(rows.user_by(AddressKind::kPhone, "+79990000001"));
    EXPECT_FALSE(rows.user_by(AddressKind::kEmail, "a@example.org"));
    EXPECT_TRUE(rows.users_named("a", 20).empty());
    EXPECT_FALSE(rows.login_state("+79990000001"));
    EXPECT_EQ(rows.messages_between(at(0), at(kNow + 9)), 0u);
    EXPECT_FALSE(rows.invite("00"));
    EXPECT_FALSE(rows.session("s"));
    EXPECT_TRUE(rows.sessions_of("a").empty());
    EXPECT_TRUE(rows.sessions_ended_since(at(0)).empty());
    rows.forget({.asked = at(kNow),
                 .messages = at(kNow),
                 .invites = at(kNow),
                 .ended = at(kNow),
                 .rotated = at(kNow)});
    rows.erase_user(testing_rows::user("a"), at(kNow));
  });
}

TYPED_TEST_P(AccountRowsContract, ShowATransactionWhatItHasPut) {
  using namespace testing_rows;
  this->run([](AccountRows& rows) {
    rows.put_user(testing_rows::user("a", "anna"));
    rows.put_session(testing_rows::session("s", "a"));
    rows.put_login_state("+1", asked({at(kNow)}));
    rows.add_message(at(kNow));
    EXPECT_EQ(rows.user("a")->name, "anna");
    EXPECT_EQ(rows.users_named("anna", 20).size(), 1u);
    EXPECT_EQ(rows.sessions_of("a").size(), 1u);
    EXPECT_TRUE(rows.login_state("+1"));
    EXPECT_EQ(rows.messages_between(at(kNow - 1), at(kNow + 9)), 1u);
  });
}

TYPED_TEST_P(AccountRowsContract, KeepNothingOfATransactionThatFails) {
  using namespace testing_rows;
  this->put({testing_rows::user("a", "before")});
  this->expect_refused([](AccountRows& rows) {
    rows.put_user(testing_rows::user("a", "after"));
    rows.put_user(testing_rows::user("b"));
    rows.put_session(testing_rows::session("s", "a"));
    rows.put_login_state("+1", asked({at(kNow)}));
    rows.put_invite(testing_rows::invite("00", kNow));
    rows.add_message(at(kNow));
    throw std::runtime_error("a rule has failed");
  });
  EXPECT_EQ(this->user("a")->name, "before");
  EXPECT_FALSE(this->user("b"));
  EXPECT_FALSE(this->session("s"));
  EXPECT_FALSE(this->login_state("+1"));
  EXPECT_FALSE(this->invite("00"));
  EXPECT_EQ((this->template read<std::size_t>(
                [](AccountRows& rows) { return rows.messages_between(at(0), at(kNow + 9)); })),
            0u);
}

// --- users
// ---------------------------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, RefuseAPhoneNumberOfSomebodyElse) {
  using namespace testing_rows;
  this->put({user_with_phone("a", "+79990000001")});
  this->expect_refused([](AccountRows& rows) {
    rows.put_user(testing_rows::user("c"));
    rows.put_user(user_with_phone("b", "+79990000001"));
  });
  EXPECT_FALSE(this->user("b"));
  EXPECT_FALSE(this->user("c")) << "all of a transaction is kept, or nothing";
  EXPECT_EQ(this->user_by(AddressKind::kPhone, "+79990000001")->id, "a");
}

TYPED_TEST_P(AccountRowsContract, RefuseAnEmailAddressOfSomebodyElseAlsoToWhoIsThereAlready) {
  using namespace testing_rows;
  this->put({user_with_email("a", "a@example.org"), user_with_email("b", "b@example.org")});
  this->expect_refused([](AccountRows& rows) { rows.put_user(user_with_email("b", "a@example.org")); });
  EXPECT_EQ(this->user("b")->email, "b@example.org");
}

TYPED_TEST_P(AccountRowsContract, LetAnAddressGoFromOneToAnother) {
  using namespace testing_rows;
  this->put({user_with_phone("a", "+79990000001")});
  this->put({testing_rows::user("a"), user_with_phone("b", "+79990000001")});
  EXPECT_EQ(this->user_by(AddressKind::kPhone, "+79990000001")->id, "b");
  EXPECT_EQ(this->user("a")->phone, "");
}

TYPED_TEST_P(AccountRowsContract, LetManyHaveNoAddress) {
  using namespace testing_rows;
  this->put({testing_rows::user("a"), testing_rows::user("b"), testing_rows::user("c")});
  EXPECT_EQ(this->user("c")->phone, "");
  EXPECT_EQ(this->user("c")->email, "");
  EXPECT_FALSE(this->user_by(AddressKind::kPhone, ""));
  EXPECT_FALSE(this->user_by(AddressKind::kEmail, ""));
}

TYPED_TEST_P(AccountRowsContract, ReadAUserAsTheyWerePut) {
  using namespace testing_rows;
  const User anna{.id = "a",
                  .name = "Анна",
                  .name_key = "анна",
                  .avatar = "https://example.org/a.png?x=%20'",
                  .phone = "+79990000001",
                  .email = "Anna@example.org",
                  .created_at = at(kNow)};
  this->put({anna});
  EXPECT_EQ(this->user("a"), anna);
  EXPECT_EQ(this->user_by(AddressKind::kPhone, anna.phone), anna);
  EXPECT_EQ(this->user_by(AddressKind::kEmail, anna.email), anna);
}

TYPED_TEST_P(AccountRowsContract, ReplaceAllOfAUserById) {
  using namespace testing_rows;
  auto anna = user_with_phone("a", "+79990000001");
  this->put({anna});
  anna = {.id = "a",
          .name = "Anna",
          .name_key = "anna",
          .avatar = "https://example.org/a.png",
          .phone = {},
          .email = "anna@example.org",
          .created_at = at(kNow + 1)};
  this->put({anna});
  EXPECT_EQ(this->user("a"), anna);
  EXPECT_FALSE(this->user_by(AddressKind::kPhone, "+79990000001"));
}

TYPED_TEST_P(AccountRowsContract, FindAnAddressAsItIsAndOfItsKindAlone) {
  using namespace testing_rows;
  this->put({user_with_phone("a", "+79990000001"), user_with_email("b", "Anna@example.org"),
             user_with_email("c", "anna@example.org")});
  EXPECT_FALSE(this->user_by(AddressKind::kEmail, "+79990000001"));
  EXPECT_FALSE(this->user_by(AddressKind::kPhone, "Anna@example.org"));
  EXPECT_FALSE(this->user_by(AddressKind::kEmail, "ANNA@example.org"));
  EXPECT_FALSE(this->user_by(AddressKind::kEmail, "%@example.org"));
  EXPECT_FALSE(this->user_by(AddressKind::kPhone, "+7999000000"));
  EXPECT_EQ(this->user_by(AddressKind::kEmail, "Anna@example.org")->id, "b");
  EXPECT_EQ(this->user_by(AddressKind::kEmail, "anna@example.org")->id, "c");
}

TYPED_TEST_P(AccountRowsContract, ReadHardTextsAsTheyWerePut) {
  using namespace testing_rows;
  std::vector<User> all;
  for (const auto& text : hard_texts()) {
    all.push_back({.id = text,
                   .name = text,
                   .name_key = text,
                   .avatar = text,
                   .phone = text,
                   .email = text,
                   .created_at = at(kNow)});
  }
  this->put(all);
  for (const auto& each : all) {
    EXPECT_EQ(this->user(each.id), each);
    EXPECT_EQ(this->user_by(AddressKind::kPhone, each.phone), each);
    EXPECT_EQ(this->user_by(AddressKind::kEmail, each.email), each);
  }
}

TYPED_TEST_P(AccountRowsContract, ReadTimesFarFromOursAsTheyWerePut) {
  using namespace testing_rows;
  for (const auto ms :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{253'402'300'799'999}, std::int64_t{2'147'483'648}}) {
    auto anna = testing_rows::user("a");
    anna.created_at = at(ms);
    this->put({anna});
    EXPECT_EQ(this->user("a")->created_at, at(ms));
  }
}

// --- users by name
// -------------------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, FindNobodyByTheMiddleOfAWord) {
  using namespace testing_rows;
  this->put({testing_rows::user("a", "annapurna"), testing_rows::user("b", "")});
  EXPECT_THAT(this->named("purna"), ::testing::IsEmpty());
  EXPECT_THAT(this->named("nna"), ::testing::IsEmpty());
  EXPECT_THAT(this->named("annapurnas"), ::testing::IsEmpty());
}

TYPED_TEST_P(AccountRowsContract, TakeNoCharacterForAWildcard) {
  using namespace testing_rows;
  this->put({testing_rows::user("percent", "100% sure"), testing_rows::user("plain", "100 sure"),
             testing_rows::user("underscore", "a_b"), testing_rows::user("letter", "acb"),
             testing_rows::user("backslash", R"(a\b)"), testing_rows::user("star", "a*b"),
             testing_rows::user("set", "[a]")});
  EXPECT_THAT(this->named("100%"), ::testing::ElementsAre("percent"));
  EXPECT_THAT(this->named("%"), ::testing::IsEmpty());
  EXPECT_THAT(this->named("%sure"), ::testing::IsEmpty());
  EXPECT_THAT(this->named("a_b"), ::testing::ElementsAre("underscore"));
  EXPECT_THAT(this->named("_"), ::testing::IsEmpty());
  EXPECT_THAT(this->named("___"), ::testing::IsEmpty());
  EXPECT_THAT(this->named(R"(a\b)"), ::testing::ElementsAre("backslash"));
  EXPECT_THAT(this->named(R"(a\)"), ::testing::ElementsAre("backslash"));
  EXPECT_THAT(this->named(R"(\)"), ::testing::IsEmpty());
  EXPECT_THAT(this->named(R"(a\\)"), ::testing::IsEmpty());
  EXPECT_THAT(this->named("a*"), ::testing::ElementsAre("star"));
  EXPECT_THAT(this->named("[a"), ::testing::ElementsAre("set"));
  EXPECT_THAT(this->named("'"), ::testing::IsEmpty());
}

TYPED_TEST_P(AccountRowsContract, FindByTheBeginningOfAnyWord) {
  using namespace testing_rows;
  this->put({testing_rows::user("a", "анна мария петрова"), testing_rows::user("b", "мариам"),
             testing_rows::user("c", "анна")});
  EXPECT_THAT(this->named("анна"), ::testing::UnorderedElementsAre("a", "c"));
  EXPECT_THAT(this->named("мари"), ::testing::UnorderedElementsAre("a", "b"));
  EXPECT_THAT(this->named("петр"), ::testing::ElementsAre("a"));
  EXPECT_THAT(this->named("анна мар"), ::testing::ElementsAre("a"));
  EXPECT_THAT(this->named("анна пет"), ::testing::IsEmpty());
}

TYPED_TEST_P(AccountRowsContract, TellLikeLettersApart) {
  using namespace testing_rows;
  this->put({testing_rows::user("latin", "anna"), testing_rows::user("cyrillic", "аnna"),
             testing_rows::user("accent", "\u00e4nna"), testing_rows::user("combined", "a\u0308nna")});
  EXPECT_THAT(this->named("ann"), ::testing::ElementsAre("latin"));
  EXPECT_THAT(this->named("аnn"), ::testing::ElementsAre("cyrillic"));
  EXPECT_THAT(this->named("\u00e4"), ::testing::ElementsAre("accent"));
}

// Goal: the same order everywhere, whatever a database takes for the order of letters.
// Method: names that dictionaries order otherwise than bytes do: they look through signs, blanks and accents.
TYPED_TEST_P(AccountRowsContract, OrderByBytesOfTheNameAndThenOfTheId) {
  using namespace testing_rows;
  std::vector<std::string> names{"x",       "x a", "x-b", "xa",  "x_c",         "x.d", "xz",
                                 "x\u00e4", "xя",  "xа",  "x'e", "x\U0001F600", "x~f"};
  std::vector<User> users(names.size());
  std::ranges::transform(names, users.begin(),
                         [](const auto& name) { return testing_rows::user("id of " + name, name); });
  this->put(users);
  std::ranges::sort(names);
  std::vector<std::string> expected(names.size());
  std::ranges::transform(names, expected.begin(), [](const auto& name) { return "id of " + name; });
  EXPECT_EQ(this->named("x"), expected);

  this->put({testing_rows::user("b", "same"), testing_rows::user("B", "same"),
             testing_rows::user("_", "same"), testing_rows::user("a", "same"),
             testing_rows::user("-a", "same")});
  EXPECT_THAT(this->named("same"), ::testing::ElementsAre("-a", "B", "_", "a", "b"));
}

TYPED_TEST_P(AccountRowsContract, FindNoMoreThanWasAskedForAndTheFirstOfThem) {
  using namespace testing_rows;
  std::vector<User> users;
  for (int i = 10; i < 40; ++i)
    users.push_back(testing_rows::user(std::to_string(i), "anna " + std::to_string(i)));
  this->put(users);
  EXPECT_THAT(this->named("anna", 0), ::testing::IsEmpty());
  EXPECT_THAT(this->named("anna", 3), ::testing::ElementsAre("10", "11", "12"));
  EXPECT_EQ(this->named("anna", 20).size(), 20u);
  EXPECT_EQ(this->named("anna", 100).size(), 30u);
}

// --- login states and messages
// -------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, ReadALoginStateAsItWasPutAndOfItsAddressAlone) {
  using namespace testing_rows;
  LoginState state{.code_hash = "0123456789abcdef",
                   .code_sent = true,
                   .code_expires_at = at(kNow + 600'000),
                   .code_tries = 4,
                   .asked_at = {at(kNow - 3), at(kNow - 2), at(kNow)},
                   .tries_full_at = at(kNow + 72'000'000)};
  this->run([&](AccountRows& rows) { rows.put_login_state("+79990000001", state); });
  EXPECT_EQ(this->login_state("+79990000001"), state);
  EXPECT_FALSE(this->login_state("+7999000000"));
  EXPECT_FALSE(this->login_state("+79990000001 "));
  state = LoginState{};
  this->run([&](AccountRows& rows) { rows.put_login_state("+79990000001", state); });
  EXPECT_EQ(this->login_state("+79990000001"), state);
}

TYPED_TEST_P(AccountRowsContract, ReadLoginStatesOfHardAddresses) {
  using namespace testing_rows;
  this->run([](AccountRows& rows) {
    std::int64_t tries = 0;
    for (const auto& text : hard_texts()) {
      auto state = asked({at(kNow)});
      state.code_tries = ++tries;
      rows.put_login_state(text, state);
    }
  });
  std::int64_t tries = 0;
  for (const auto& text : hard_texts()) EXPECT_EQ(this->login_state(text)->code_tries, ++tries);
}

TYPED_TEST_P(AccountRowsContract, CountMessagesBetweenTwoTimesAndEachOfThoseAtOnce) {
  using namespace testing_rows;
  this->run([](AccountRows& rows) {
    for (const auto ms : {kNow, kNow, kNow + 1}) rows.add_message(at(ms));
    EXPECT_EQ(rows.messages_between(at(kNow - 1), at(kNow + 1)), 3u);
    EXPECT_EQ(rows.messages_between(at(kNow - 1), at(kNow)), 2u);
    EXPECT_EQ(rows.messages_between(at(kNow), at(kNow + 1)), 1u);
    EXPECT_EQ(rows.messages_between(at(kNow + 1), at(kNow + 2)), 0u);
    EXPECT_EQ(rows.messages_between(at(kNow - 2), at(kNow - 1)), 0u);
  });
}

// --- invitations
// ---------------------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, ReadAnInvitationAsItWasPutAndReplaceIt) {
  using namespace testing_rows;
  auto good = testing_rows::invite("00ff", kNow);
  this->run([&](AccountRows& rows) { rows.put_invite(good); });
  EXPECT_EQ(this->invite("00ff"), good);
  EXPECT_FALSE(this->invite("00FF"));
  EXPECT_FALSE(this->invite(""));
  good.used_at = at(kNow - 5);
  good.used_by = hard_texts().front();
  good.expires_at = at(kNow + 1);
  good.messages = 3;
  this->run([&](AccountRows& rows) { rows.put_invite(good); });
  EXPECT_EQ(this->invite("00ff"), good);
}

// --- sessions
// ------------------------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, ReadASessionAsItWasPutAndReplaceAllOfIt) {
  using namespace testing_rows;
  LoginSession session{.id = "s-_1",
                       .user = "a",
                       .n = std::numeric_limits<std::int64_t>::max(),
                       .device = "tab_1",
                       .rotated_at = at(kNow),
                       .created_at = at(kNow - 7),
                       .ended_at = std::nullopt};
  this->put({session});
  EXPECT_EQ(this->session("s-_1"), session);
  EXPECT_FALSE(this->session("S-_1"));
  session = {.id = "s-_1",
             .user = "b",
             .n = 2,
             .device = {},
             .rotated_at = at(kNow + 1),
             .created_at = at(kNow - 8),
             .ended_at = at(kNow + 2)};
  this->put({session});
  EXPECT_EQ(this->session("s-_1"), session);
}

TYPED_TEST_P(AccountRowsContract, ReadSessionsOfUsersWithHardIds) {
  using namespace testing_rows;
  std::vector<LoginSession> all;
  for (const auto& text : hard_texts())
    all.push_back(testing_rows::session("s" + std::to_string(all.size()), text));
  this->put(all);
  for (const auto& each : all) {
    const auto found = this->template read<std::vector<LoginSession>>(
        [&](AccountRows& rows) { return rows.sessions_of(each.user); });
    EXPECT_EQ(found, std::vector{each});
  }
}

TYPED_TEST_P(AccountRowsContract, ListTheSessionsOfAUserThatLiveOldestFirst) {
  using namespace testing_rows;
  this->put({testing_rows::session("c", "a", kNow + 2), testing_rows::session("d", "a", kNow),
             testing_rows::session("B", "a", kNow + 1), testing_rows::session("b", "a", kNow + 1),
             testing_rows::session("other", "b", kNow), ended_session("ended", "a", kNow)});
  const auto found =
      this->template read<std::vector<LoginSession>>([](AccountRows& rows) { return rows.sessions_of("a"); });
  EXPECT_THAT(ids(found), ::testing::ElementsAre("d", "B", "b", "c"));
}

TYPED_TEST_P(AccountRowsContract, ListTheSessionsThatEndedAfterATime) {
  using namespace testing_rows;
  this->put({ended_session("before", "a", kNow - 1), ended_session("at", "a", kNow),
             ended_session("after", "b", kNow + 1), ended_session("later", "a", kNow + 2),
             testing_rows::session("lives", "a")});
  const auto found = this->template read<std::vector<LoginSession>>(
      [](AccountRows& rows) { return rows.sessions_ended_since(at(kNow)); });
  EXPECT_THAT(ids(found), ::testing::UnorderedElementsAre("after", "later"));
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().ended_at, at(kNow + 1));
}

// --- forgetting
// ----------------------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, ForgetNothingThatIsYoungEnough) {
  using namespace testing_rows;
  this->run([](AccountRows& rows) {
    rows.put_login_state("+1", asked({at(kNow - 9), at(kNow)}));
    rows.add_message(at(kNow));
    rows.put_invite(testing_rows::invite("00", kNow));
    rows.put_session(ended_session("ended", "a", kNow));
    rows.put_session(testing_rows::session("lives", "a", kNow));
    rows.put_user(testing_rows::user("a"));
    rows.forget({.asked = at(kNow),
                 .messages = at(kNow),
                 .invites = at(kNow),
                 .ended = at(kNow),
                 .rotated = at(kNow)});
    rows.forget(nothing());
  });
  EXPECT_TRUE(this->login_state("+1"));
  EXPECT_TRUE(this->invite("00"));
  EXPECT_TRUE(this->session("ended"));
  EXPECT_TRUE(this->session("lives"));
  EXPECT_TRUE(this->user("a"));
  EXPECT_EQ((this->template read<std::size_t>(
                [](AccountRows& rows) { return rows.messages_between(at(0), at(kNow + 9)); })),
            1u);
}

TYPED_TEST_P(AccountRowsContract, ForgetAddressesThatWereNotAskedForSince) {
  using namespace testing_rows;
  this->run([](AccountRows& rows) {
    rows.put_login_state("old", asked({at(kNow - 5), at(kNow - 1)}));
    rows.put_login_state("never", asked({}));
    rows.put_login_state("young", asked({at(kNow - 5), at(kNow)}));
    auto horizons = nothing();
    horizons.asked = at(kNow);
    rows.forget(horizons);
  });
  EXPECT_FALSE(this->login_state("old"));
  EXPECT_FALSE(this->login_state("never"));
  EXPECT_TRUE(this->login_state("young"));
}

TYPED_TEST_P(AccountRowsContract, ForgetMessagesAndInvitationsByTheirOwnHorizons) {
  using namespace testing_rows;
  this->run([](AccountRows& rows) {
    rows.add_message(at(kNow - 1));
    rows.add_message(at(kNow));
    auto used = testing_rows::invite("used", kNow - 1);
    used.used_at = at(kNow - 2);
    rows.put_invite(used);
    rows.put_invite(testing_rows::invite("expired", kNow - 1));
    rows.put_invite(testing_rows::invite("good", kNow));
    auto horizons = nothing();
    horizons.messages = at(kNow);
    rows.forget(horizons);
  });
  EXPECT_EQ((this->template read<std::size_t>(
                [](AccountRows& rows) { return rows.messages_between(at(0), at(kNow + 9)); })),
            1u);
  EXPECT_TRUE(this->invite("expired"));
  auto horizons = nothing();
  horizons.invites = at(kNow);
  this->forget(horizons);
  EXPECT_FALSE(this->invite("used"));
  EXPECT_FALSE(this->invite("expired"));
  EXPECT_TRUE(this->invite("good"));
}

TYPED_TEST_P(AccountRowsContract, ForgetSessionsThatEndedOrWereNotRefreshed) {
  using namespace testing_rows;
  this->put({ended_session("ended", "a", kNow - 1), testing_rows::session("stale", "a", kNow - 1),
             testing_rows::session("lives", "a", kNow)});
  auto horizons = nothing();
  horizons.ended = at(kNow);
  this->forget(horizons);
  EXPECT_FALSE(this->session("ended"));
  EXPECT_TRUE(this->session("stale"));
  horizons = nothing();
  horizons.rotated = at(kNow);
  this->forget(horizons);
  EXPECT_FALSE(this->session("stale"));
  EXPECT_TRUE(this->session("lives"));
}

// --- erasing a person
// ----------------------------------------------------------------------------------------------

TYPED_TEST_P(AccountRowsContract, EraseAUserAndWhatIsRememberedOfTheirAddresses) {
  using namespace testing_rows;
  auto anna = user_with_phone("a", "+79990000001");
  anna.email = "anna@example.org";
  this->put({anna, user_with_phone("b", "+79990000002")});
  this->run([&](AccountRows& rows) {
    for (const auto* address : {"+79990000001", "anna@example.org", "+79990000002"})
      rows.put_login_state(address, asked({at(kNow)}));
    rows.erase_user(anna, at(kNow));
  });
  EXPECT_FALSE(this->user("a"));
  EXPECT_FALSE(this->user_by(AddressKind::kPhone, "+79990000001"));
  EXPECT_FALSE(this->user_by(AddressKind::kEmail, "anna@example.org"));
  EXPECT_FALSE(this->login_state("+79990000001"));
  EXPECT_FALSE(this->login_state("anna@example.org"));
  EXPECT_TRUE(this->user("b")) << "somebody else";
  EXPECT_TRUE(this->login_state("+79990000002")) << "somebody else's";
  this->put({user_with_phone("c", "+79990000001")});
}

// Tokens of theirs live on for up to an hour: the server must still know that their sessions have ended.
TYPED_TEST_P(AccountRowsContract, EraseAUserButNotThatTheirSessionsHaveEnded) {
  using namespace testing_rows;
  const auto anna = testing_rows::user("a");
  this->put({anna, testing_rows::user("b")});
  auto live = testing_rows::session("live", "a");
  live.device = "phone";
  this->put({live, ended_session("ended", "a", kNow - 5), testing_rows::session("other", "b")});
  this->run([&](AccountRows& rows) { rows.erase_user(anna, at(kNow)); });
  for (const auto& [id, ended_at] : {std::pair{"live", kNow}, std::pair{"ended", kNow - 5}}) {
    const auto found = this->session(id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->ended_at, at(ended_at));
    EXPECT_EQ(found->user, "");
    EXPECT_EQ(found->device, "");
  }
  EXPECT_FALSE(this->session("other")->ended_at);
  const auto ended = this->template read<std::vector<LoginSession>>(
      [](AccountRows& rows) { return rows.sessions_ended_since(at(kNow - 1)); });
  EXPECT_THAT(ids(ended), ::testing::ElementsAre("live"));
}

TYPED_TEST_P(AccountRowsContract, EraseAUserButNotThatTheirInvitationWasUsed) {
  using namespace testing_rows;
  const auto anna = testing_rows::user("a");
  auto used = testing_rows::invite("00", kNow);
  used.used_at = at(kNow - 1);
  used.used_by = "a";
  auto others = used;
  others.token_hash = "01";
  others.used_by = "b";
  this->run([&](AccountRows& rows) {
    rows.put_user(anna);
    rows.put_invite(used);
    rows.put_invite(others);
    rows.erase_user(anna, at(kNow));
  });
  EXPECT_EQ(this->invite("00")->used_by, "");
  EXPECT_EQ(this->invite("00")->used_at, at(kNow - 1));
  EXPECT_EQ(this->invite("01")->used_by, "b");
}

REGISTER_TYPED_TEST_SUITE_P(
    AccountRowsContract, HoldNothingAtFirst, ShowATransactionWhatItHasPut, KeepNothingOfATransactionThatFails,
    RefuseAPhoneNumberOfSomebodyElse, RefuseAnEmailAddressOfSomebodyElseAlsoToWhoIsThereAlready,
    LetAnAddressGoFromOneToAnother, LetManyHaveNoAddress, ReadAUserAsTheyWerePut, ReplaceAllOfAUserById,
    FindAnAddressAsItIsAndOfItsKindAlone, ReadHardTextsAsTheyWerePut, ReadTimesFarFromOursAsTheyWerePut,
    FindNobodyByTheMiddleOfAWord, TakeNoCharacterForAWildcard, FindByTheBeginningOfAnyWord,
    TellLikeLettersApart, OrderByBytesOfTheNameAndThenOfTheId, FindNoMoreThanWasAskedForAndTheFirstOfThem,
    ReadALoginStateAsItWasPutAndOfItsAddressAlone, ReadLoginStatesOfHardAddresses,
    CountMessagesBetweenTwoTimesAndEachOfThoseAtOnce, ReadAnInvitationAsItWasPutAndReplaceIt,
    ReadASessionAsItWasPutAndReplaceAllOfIt, ReadSessionsOfUsersWithHardIds,
    ListTheSessionsOfAUserThatLiveOldestFirst, ListTheSessionsThatEndedAfterATime,
    ForgetNothingThatIsYoungEnough, ForgetAddressesThatWereNotAskedForSince,
    ForgetMessagesAndInvitationsByTheirOwnHorizons, ForgetSessionsThatEndedOrWereNotRefreshed,
    EraseAUserAndWhatIsRememberedOfTheirAddresses, EraseAUserButNotThatTheirSessionsHaveEnded,
    EraseAUserButNotThatTheirInvitationWasUsed);

}  // namespace zvonok::ports
