#include "accounts/profiles.hpp"

#include <gmock/gmock.h>

#include "accounts/text.hpp"
#include "ports/fake_account_store.hpp"

namespace zvonok::accounts {
namespace {

using ports::StoreError;
using ports::User;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProfilesTest : public ::testing::Test {
 protected:
  void put(const std::string& id, const std::string& name, const std::string& phone = {},
           const std::string& email = {}) {
    store.rows.put_user({.id = id,
                         .name = name,
                         .name_key = search_key(name),
                         .avatar = {},
                         .phone = phone,
                         .email = email,
                         .created_at = now - base::hours(1)});
  }
  std::vector<std::string> found(const std::string& text) { return found_by(profiles, text); }
  std::vector<std::string> found_by(Profiles& whose, const std::string& text) {
    std::vector<std::string> ids{"no answer"};
    whose.search(text, [&ids](const auto& users) {
      ids.clear();
      if (!users) {
        ids.emplace_back("unavailable");
        return;
      }
      for (const auto& user : *users) ids.push_back(user.id);
    });
    return ids;
  }
  User change(const std::string& id, const ProfileChange& wanted) {
    User changed;
    profiles.change(id, wanted, now, [&changed](const auto& user) {
      ASSERT_TRUE(user);
      changed = *user;
    });
    return changed;
  }

  base::WallTime now{base::seconds(1'700'000'000)};
  ports::FakeAccountStore store;
  Profiles profiles{{.open_to_world = false, .default_country = "RU"}, store};
};

// --- reading
// -------------------------------------------------------------------------------------------------------

TEST_F(ProfilesTest, KnowsNobodyByAnIdThatIsNobodys) {
  std::optional<bool> answer;
  profiles.user("a", [&answer](const auto& user) { answer = user && !*user; });
  EXPECT_EQ(answer, true);
}

TEST_F(ProfilesTest, KnowsAUserById) {
  put("a", "Anna");
  std::string name;
  profiles.user("a", [&name](const auto& user) { name = (**user).name; });
  EXPECT_EQ(name, "Anna");
}

TEST_F(ProfilesTest, SaysThatTheStoreIsSick) {
  store.fall_sick();
  int answers = 0;
  const auto expect_sick = [&answers](const auto& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), StoreError::kUnavailable);
    ++answers;
  };
  profiles.user("a", expect_sick);
  profiles.change("a", {.name = "Anna", .avatar = std::nullopt}, now, expect_sick);
  profiles.search("anna", expect_sick);
  EXPECT_EQ(answers, 3);
  EXPECT_TRUE(store.rows.users.empty());
}

// --- changing
// ------------------------------------------------------------------------------------------------------

TEST_F(ProfilesTest, ChangesWhatIsSaidAndNothingElse) {
  put("a", "Anna", "+79990000001", "a@example.org");
  auto changed = change("a", {.name = "Анна Ёлкина", .avatar = std::nullopt});
  EXPECT_EQ(changed.name, "Анна Ёлкина");
  EXPECT_EQ(changed.name_key, "анна елкина");
  changed = change("a", {.name = std::nullopt, .avatar = "https://example.org/a.png"});
  EXPECT_EQ(changed.name, "Анна Ёлкина");
  EXPECT_EQ(changed.avatar, "https://example.org/a.png");
  EXPECT_EQ(changed.phone, "+79990000001");
  EXPECT_EQ(changed.email, "a@example.org");
  EXPECT_EQ(changed.created_at, now - base::hours(1));
  EXPECT_EQ(*store.rows.user("a"), changed);
  changed = change("a", {.name = "", .avatar = ""});
  EXPECT_EQ(changed.name + changed.name_key + changed.avatar, "");
  EXPECT_EQ(*store.rows.user("a"), changed);
}

TEST_F(ProfilesTest, ChangesNothingWhenNothingIsSaid) {
  put("a", "Anna");
  const auto before = store.rows;
  EXPECT_EQ(change("a", {}), *store.rows.user("a"));
  EXPECT_TRUE(store.rows == before);
}

// The token of somebody else's backend may come with a PATCH before its own note is written.
TEST_F(ProfilesTest, MakesAUserWhoIsNotThereYet) {
  const auto made = change("42", {.name = "Anna", .avatar = std::nullopt});
  EXPECT_EQ(made.id, "42");
  EXPECT_EQ(made.created_at, now);
  EXPECT_EQ(*store.rows.user("42"), made);
  EXPECT_EQ(change("43", {}).id, "43");
  EXPECT_TRUE(store.rows.user("43"));
}

TEST_F(ProfilesTest, AnswersWhatTheLastRunHasKept) {
  store.run_twice();
  put("a", "Anna");
  EXPECT_EQ(change("a", {.name = "Anne", .avatar = std::nullopt}).name, "Anne");
  EXPECT_EQ(store.rows.user("a")->name, "Anne");
}

// --- searching
// -----------------------------------------------------------------------------------------------------

TEST_F(ProfilesTest, FindsNobodyByLessThanThreeCharacters) {
  put("a", "Anna");
  put("b", "Ян");
  for (const auto* text : {"", " ", "a", "an", " an ", "ян", "A\u200bn"})
    EXPECT_THAT(found(text), IsEmpty()) << text;
}

TEST_F(ProfilesTest, FindsNobodyByAWildcard) {
  put("a", "Anna");
  for (const auto* text : {"%%%", "___", "an%", "a__", "%nna", "*nna", "\\\\\\"})
    EXPECT_THAT(found(text), IsEmpty()) << text;
}

TEST_F(ProfilesTest, FindsNobodyByPartOfAnAddress) {
  put("a", "", "+79990000001", "anna@example.org");
  for (const auto* text :
       {"+7999000000", "+799900000", "999", "anna@example", "anna", "@example.org", "nna@example.org"})
    EXPECT_THAT(found(text), IsEmpty()) << text;
}

TEST_F(ProfilesTest, FindsNobodyByNameWhereEverybodyMayBecomeAUser) {
  put("a", "Anna", "+79990000001", "anna@example.org");
  Profiles open({.open_to_world = true, .default_country = {}}, store);
  EXPECT_THAT(found_by(open, "anna"), IsEmpty());
  EXPECT_THAT(found_by(open, "+79990000001"), ElementsAre("a"));
  EXPECT_THAT(found_by(open, "anna@example.org"), ElementsAre("a"));
  EXPECT_THAT(found_by(open, "8 999 000 00 01"), IsEmpty()) << "no country to go by";
}

TEST_F(ProfilesTest, FindsByTheWholeAddressInAllItsForms) {
  put("a", "", "+79990000001");
  put("b", "", {}, "Anna@example.org");
  for (const auto* text : {"+79990000001", "8 (999) 000-00-01", " +7 999 000 00 01 "})
    EXPECT_THAT(found(text), ElementsAre("a")) << text;
  EXPECT_THAT(found("Anna@EXAMPLE.org"), ElementsAre("b"));
  EXPECT_THAT(found("anna@example.org"), IsEmpty()) << "its host alone says whether that is the same";
}

TEST_F(ProfilesTest, FindsByTheBeginningOfAWordWhateverItsCase) {
  put("a", "Анна Мария Ёлкина");
  put("b", "Марианна");
  EXPECT_THAT(found("АНН"), ElementsAre("a"));
  EXPECT_THAT(found("мар"), ElementsAre("a", "b"));
  EXPECT_THAT(found("елк"), ElementsAre("a"));
  EXPECT_THAT(found("ЁЛКИНА"), ElementsAre("a"));
  EXPECT_THAT(found("  анна   мария "), ElementsAre("a"));
  EXPECT_THAT(found("ианна"), IsEmpty());
}

TEST_F(ProfilesTest, FindsTwentyAtMost) {
  for (int i = 100; i < 150; ++i) put(std::to_string(i), "Anna " + std::to_string(i));
  EXPECT_EQ(found("anna").size(), 20u);
  EXPECT_EQ(found("anna").front(), "100");
}

TEST_F(ProfilesTest, SearchesNotForWhatNoNameCouldBe) {
  EXPECT_THAT(found(std::string(81, 'a')), IsEmpty());
  EXPECT_THAT(found(std::string(1'000'000, 'a')), IsEmpty());
  EXPECT_THAT(found("ann\xff"), IsEmpty());
}

// --- avatars
// -------------------------------------------------------------------------------------------------------

TEST(Avatar, IsRefusedUnlessItIsAnHttpsUrl) {
  for (const std::string text :
       {"http://example.org/a.png", "javascript:alert(1)", "data:image/png;base64,AAAA",
        "//example.org/a.png", "a.png", "https://", "HTTPS", " https://example.org/a.png",
        "https://example.org/a b.png", "https://example.org/a\n",
        "https://example.org/\"onerror=", "https://example.org/<script>", "https://example.org/\x01",
        "https://example.org/\u202e", "https://example.org/\u00a0", "https://example.org/\xff"})
    EXPECT_FALSE(is_avatar(text)) << text;
  EXPECT_FALSE(is_avatar(std::string("https://example.org/\0", 21)));
}

TEST(Avatar, HasAtMost512Characters) {
  const std::string start = "https://example.org/";
  EXPECT_TRUE(is_avatar(start + std::string(512 - start.size(), 'a')));
  EXPECT_FALSE(is_avatar(start + std::string(513 - start.size(), 'a')));
  std::string cyrillic = start;
  for (std::size_t i = start.size(); i < 512; ++i) cyrillic += "ж";
  EXPECT_TRUE(is_avatar(cyrillic));
}

TEST(Avatar, MayBeNone) {
  EXPECT_TRUE(is_avatar(""));
}

}  // namespace
}  // namespace zvonok::accounts
