#include "accounts/token_profiles.hpp"

#include <gtest/gtest.h>

#include "ports/fake_account_store.hpp"
#include "ports/fake_metrics.hpp"

namespace zvonok::accounts {
namespace {

using ports::Counter;

class TokenProfilesTest : public ::testing::Test {
 protected:
  void note(const std::string& user, const std::string& name = {}, const std::string& picture = {}) {
    ports::Identity identity;
    identity.user = user;
    identity.name = name;
    identity.picture = picture;
    profiles.note(identity, now);
  }
  std::uint64_t dropped() const { return metrics.count(Counter::kProfilesDropped); }

  base::WallTime now{base::seconds(1'700'000'000)};
  ports::FakeAccountStore store;
  ports::FakeMetrics metrics;
  TokenProfiles profiles{store, metrics};
};

// --- what is kept
// --------------------------------------------------------------------------------------------------

TEST_F(TokenProfilesTest, KeepsNoNameOrPictureThatIsNone) {
  note("a", "a\x1b[2J", "http://example.org/a.png");
  note("b", std::string(81, 'b'), "https://example.org/" + std::string(500, 'b'));
  note("c", "\xff", "javascript:alert(1)");
  for (const auto* id : {"a", "b", "c"}) {
    ASSERT_TRUE(store.rows.user(id)) << id;
    EXPECT_EQ(store.rows.user(id)->name, "");
    EXPECT_EQ(store.rows.user(id)->name_key, "");
    EXPECT_EQ(store.rows.user(id)->avatar, "");
  }
}

TEST_F(TokenProfilesTest, MakesAUserOfATokenThatSaysNothingButWhoseItIs) {
  note("42");
  const auto user = store.rows.user("42");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->created_at, now);
  EXPECT_EQ(user->name, "");
}

TEST_F(TokenProfilesTest, KeepsWhatATokenSays) {
  note("a", "  Анна  Ёлкина ", "https://example.org/a.png");
  const auto user = store.rows.user("a");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "Анна Ёлкина");
  EXPECT_EQ(user->name_key, "анна елкина");
  EXPECT_EQ(user->avatar, "https://example.org/a.png");
}

TEST_F(TokenProfilesTest, WinsOverWhatTheUserHasWrittenAndLeavesTheRest) {
  store.rows.put_user({.id = "a",
                       .name = "Written",
                       .name_key = "written",
                       .avatar = "https://example.org/written.png",
                       .phone = "+79990000001",
                       .email = "a@example.org",
                       .created_at = now - base::hours(1)});
  note("a", "Said");
  const auto user = *store.rows.user("a");
  EXPECT_EQ(user.name, "Said");
  EXPECT_EQ(user.avatar, "https://example.org/written.png") << "of which the token says nothing";
  EXPECT_EQ(user.phone, "+79990000001");
  EXPECT_EQ(user.email, "a@example.org");
  EXPECT_EQ(user.created_at, now - base::hours(1));
}

// --- when it is written
// --------------------------------------------------------------------------------------------

TEST_F(TokenProfilesTest, AsksTheStoreForNothingThatItKnows) {
  note("a", "Anna");
  EXPECT_EQ(store.asked, 1u);
  for (int i = 0; i < 10; ++i) note("a", "Anna");
  EXPECT_EQ(store.asked, 1u);
  note("a", "Anne");
  EXPECT_EQ(store.asked, 2u);
  note("a", "Anne", "https://example.org/a.png");
  note("b", "Anne");
  EXPECT_EQ(store.asked, 4u);
}

TEST_F(TokenProfilesTest, WritesWhatComesMeanwhileTogether) {
  store.answer_later();
  note("first");
  for (int i = 0; i < 100; ++i) note("user" + std::to_string(i), "Name");
  EXPECT_EQ(store.asked, 1u) << "one transaction at a time";
  store.answer_waiting();
  EXPECT_EQ(store.asked, 2u);
  store.answer_waiting();
  EXPECT_EQ(store.asked, 2u);
  EXPECT_EQ(store.rows.users.size(), 101u);
}

TEST_F(TokenProfilesTest, WritesNoMoreThanABatchAtOnce) {
  store.answer_later();
  note("first");
  for (std::size_t i = 0; i < 2 * TokenProfiles::kAtOnceMax + 1; ++i) note("user" + std::to_string(i));
  for (const std::size_t kept : {std::size_t{1}, 1 + TokenProfiles::kAtOnceMax,
                                 1 + 2 * TokenProfiles::kAtOnceMax, 2 + 2 * TokenProfiles::kAtOnceMax}) {
    store.answer_waiting();
    EXPECT_EQ(store.rows.users.size(), kept);
  }
  EXPECT_EQ(store.waiting(), 0u);
}

TEST_F(TokenProfilesTest, WritesTheLastOfWhatAUserSaidWhileItWaited) {
  store.answer_later();
  note("first");
  note("a", "One");
  note("a", "Two");
  store.answer_waiting();
  store.answer_waiting();
  EXPECT_EQ(store.rows.user("a")->name, "Two");
  EXPECT_EQ(store.asked, 2u);
}

TEST_F(TokenProfilesTest, WritesASecondRunAlike) {
  store.run_twice();
  note("a", "Anna");
  note("b", "Boris");
  EXPECT_EQ(store.rows.user("a")->name, "Anna");
  EXPECT_EQ(store.rows.user("b")->name, "Boris");
  EXPECT_EQ(dropped(), 0u);
}

// --- a store that is sick
// ------------------------------------------------------------------------------------------

TEST_F(TokenProfilesTest, DropsAndCountsWhatASickStoreDoesNotKeep) {
  store.answer_later();
  store.fall_sick();
  note("first");
  for (int i = 0; i < 7; ++i) note("user" + std::to_string(i));
  store.answer_waiting();
  EXPECT_EQ(dropped(), 1u);
  store.answer_waiting();
  EXPECT_EQ(dropped(), 8u);
  EXPECT_EQ(store.waiting(), 0u);
  EXPECT_TRUE(store.rows.users.empty());
}

TEST_F(TokenProfilesTest, TriesAgainWithTheNextTokenOnceTheStoreIsWell) {
  store.fall_sick();
  note("a", "Anna");
  EXPECT_EQ(dropped(), 1u);
  store.get_well();
  note("a", "Anna");
  EXPECT_EQ(store.rows.user("a")->name, "Anna");
  EXPECT_EQ(dropped(), 1u);
}

TEST_F(TokenProfilesTest, LetsOnlySoManyWaitAndCountsTheRest) {
  store.answer_later();
  note("first");
  for (std::size_t i = 0; i < TokenProfiles::kWaitingMax + 5; ++i) note("user" + std::to_string(i));
  EXPECT_EQ(dropped(), 5u);
  while (store.waiting() > 0) store.answer_waiting();
  EXPECT_EQ(store.rows.users.size(), 1 + TokenProfiles::kWaitingMax);
  const auto last = "user" + std::to_string(TokenProfiles::kWaitingMax + 4);
  EXPECT_FALSE(store.rows.user(last));
  note(last);
  store.answer_waiting();
  EXPECT_TRUE(store.rows.user(last)) << "the next token is another try";
}

TEST_F(TokenProfilesTest, RemembersOnlySoManyUsers) {
  store.answer_later();
  const auto write_all = [this] {
    while (store.waiting() > 0) store.answer_waiting();
  };
  for (std::size_t i = 0; i < TokenProfiles::kKnownMax; ++i) {
    note("user" + std::to_string(i));
    if (i % 5'000 == 0) write_all();
  }
  write_all();
  const auto asked = store.asked;
  note("user1");
  EXPECT_EQ(store.asked, asked);
  note("one more");
  write_all();
  note("user1");
  EXPECT_EQ(store.asked, asked + 2) << "it has begun anew";
}

}  // namespace
}  // namespace zvonok::accounts
