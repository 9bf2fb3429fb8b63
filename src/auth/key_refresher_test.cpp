#include "auth/key_refresher.hpp"

#include <gmock/gmock.h>

#include <deque>

#include "auth/test_tokens.hpp"

namespace zvonok::auth {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class KeyRefresherTest : public ::testing::Test {
 protected:
  void answer(const KeySetText& text) {
    ASSERT_FALSE(asked.empty());
    const auto done = std::move(asked.front());
    asked.pop_front();
    done(text);
  }
  KeySetText failure() const { return base::Unexpected{std::string("does not answer")}; }
  bool wait_for(const std::string& kid) {
    return refresher.wait_for(kid, [this, kid] { woken.push_back(kid); });
  }

  const std::string one = jwks({rsa_key().jwk(R"(,"kid":"one")")});
  const std::string two = jwks({other_rsa_key().jwk(R"(,"kid":"two")"), R"({"kty":"OKP"})"});
  base::MonoTime now{1h};
  std::deque<std::function<void(KeySetText)>> asked;
  std::vector<std::string> taken, failures, skipped, woken;
  int good = 0;
  KeyRefresher refresher{{.ask = [this](auto done) { asked.push_back(std::move(done)); },
                          .taken =
                              [this](const KeySet& set, const std::string& text) {
                                EXPECT_THAT(set.keys(), SizeIs(1));
                                taken.push_back(text);
                              },
                          .answered =
                              [this](const base::Result<void, std::string>& outcome) {
                                outcome ? void(++good) : failures.push_back(outcome.error());
                              },
                          .skipped = [this](const std::string& line) { skipped.push_back(line); },
                          .now = [this] { return now; }},
                         10min};
};

TEST_F(KeyRefresherTest, AsksWhenItIsTimeAndNotBefore) {
  EXPECT_EQ(refresher.due(), now + 10min);
  now += 10min - 1ms;
  refresher.on_time();
  EXPECT_THAT(asked, IsEmpty());
  now += 1ms;
  refresher.on_time();
  EXPECT_THAT(asked, SizeIs(1));
  answer(one);
  EXPECT_THAT(taken, ElementsAre(one));
  EXPECT_EQ(refresher.due(), now + 10min);
}

TEST_F(KeyRefresherTest, HandsOnWhatIsNewAndNothingTwice) {
  refresher.refresh();
  refresher.refresh();
  EXPECT_THAT(asked, SizeIs(1)) << "the second was under way already";
  answer(two);
  EXPECT_THAT(skipped, ElementsAre(HasSubstr("OKP")));
  refresher.refresh();
  answer(two);
  EXPECT_THAT(taken, ElementsAre(two));
  EXPECT_THAT(skipped, SizeIs(1)) << "or the log would say it every ten minutes";
  refresher.refresh();
  answer(one);
  EXPECT_THAT(taken, ElementsAre(two, one));
  EXPECT_EQ(good, 3);
}

TEST_F(KeyRefresherTest, BelievesNoBrokenSetAndAsksAgainSoon) {
  for (const KeySetText& text :
       {failure(), KeySetText(""), KeySetText("<html>"), KeySetText("{}"), KeySetText(R"({"keys":[]})"),
        KeySetText(R"({"keys":[{"kty":"oct","k":"c2VjcmV0"}]})")}) {
    refresher.refresh();
    answer(text);
    EXPECT_EQ(refresher.due(), now + 1min);
  }
  EXPECT_THAT(taken, IsEmpty());
  ASSERT_THAT(failures, SizeIs(6)) << "an empty answer is no answer either";
  EXPECT_EQ(failures.front(), "does not answer");
}

TEST_F(KeyRefresherTest, LetsTheFirstTokensOfANewKeyWaitForIt) {
  EXPECT_TRUE(wait_for("two"));
  EXPECT_TRUE(wait_for("two"));
  EXPECT_THAT(asked, SizeIs(1));
  EXPECT_FALSE(wait_for("three")) << "one unknown key at a time";
  EXPECT_THAT(woken, IsEmpty());
  answer(two);
  EXPECT_THAT(taken, ElementsAre(two));
  EXPECT_THAT(woken, ElementsAre("two", "two"));
}

TEST_F(KeyRefresherTest, WakesThoseWhoWaitAfterAFailureToo) {
  EXPECT_TRUE(wait_for("two"));
  answer(failure());
  EXPECT_THAT(woken, ElementsAre("two"));
}

TEST_F(KeyRefresherTest, WaitsForWhatIsUnderWay) {
  refresher.refresh();
  EXPECT_TRUE(wait_for("two"));
  EXPECT_THAT(asked, SizeIs(1));
  answer(two);
  EXPECT_THAT(woken, ElementsAre("two"));
}

TEST_F(KeyRefresherTest, AsksOncePerMinuteAndOncePerKeyInTen) {
  EXPECT_TRUE(wait_for("a"));
  answer(one);
  EXPECT_FALSE(wait_for("b"));
  now += 1min;
  EXPECT_FALSE(wait_for("a")) << "it was asked for";
  EXPECT_TRUE(wait_for("b"));
  answer(one);
  now += 9min;
  EXPECT_TRUE(wait_for("a")) << "the provider may have it by now";
}

TEST_F(KeyRefresherTest, LetsABoundedNumberWait) {
  for (std::size_t i = 0; i < KeyRefresher::kWaitingMax; ++i) EXPECT_TRUE(wait_for("two"));
  EXPECT_FALSE(wait_for("two"));
  answer(two);
  EXPECT_THAT(woken, SizeIs(KeyRefresher::kWaitingMax));
}

TEST_F(KeyRefresherTest, WhoIsWokenMayAskAgain) {
  bool again = true;
  EXPECT_TRUE(refresher.wait_for("a", [&] { again = wait_for("b"); }));
  answer(one);
  EXPECT_FALSE(again) << "not within the minute";
}

}  // namespace
}  // namespace zvonok::auth
