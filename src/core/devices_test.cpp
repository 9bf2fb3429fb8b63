// How many devices a user may have, and what the end of a token does to one.
#include "core/switchboard_test_support.hpp"

namespace zvonok::core::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SeventeenDevices : public ::testing::Test {
 protected:
  void SetUp() override {
    board.connect_all({"a1", "c1"});
    for (int i = 1; i <= 16; ++i) {
      ASSERT_TRUE(board.connect("b" + std::to_string(i)));
      board.wait(1s);
    }
  }
  Board board{without_rates()};
};

TEST_F(SeventeenDevices, TheOneWhoseLastMessageIsOldestGoes) {
  board.ice("b1", "junk is a message too");
  EXPECT_TRUE(board.connect("b17"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("closed: too many"));
  EXPECT_FALSE(board.is_here("b2"));
  EXPECT_TRUE(board.is_here("b1"));
  EXPECT_EQ(board.counts().devices, 2U + 16U);
}

TEST_F(SeventeenDevices, OneInACallStaysHoweverOldItsLastMessageIs) {
  board.offer("b1", "a", "x");
  board.answer("a1", "y");
  board.wait(1s);
  for (int i = 2; i <= 16; ++i) board.ice("b" + std::to_string(i), "c");
  EXPECT_TRUE(board.connect("b17"));
  EXPECT_TRUE(board.is_here("b1"));
  EXPECT_EQ(board.counts().calls, 1U);
}

TEST_F(SeventeenDevices, IsRefusedItselfWhenAllOthersRing) {
  board.offer("a1", "b", "x");
  EXPECT_FALSE(board.connect("b17"));
  EXPECT_THAT(board.heard("b17"), IsEmpty());
  EXPECT_EQ(board.counts().devices, 2U + 16U);
  board.hangup("a1");
  EXPECT_TRUE(board.connect("b17"));
}

TEST_F(SeventeenDevices, TakesThePlaceOfOneThatLeftTheRingAndJoinsIt) {
  board.offer("a1", "b", "x");
  board.offer("b5", "nobody", "z");
  board.forget_all();
  EXPECT_TRUE(board.connect("b17"));
  EXPECT_THAT(board.heard("b5"), ElementsAre("closed: too many"));
  EXPECT_THAT(board.heard("b17"), ElementsAre("offer x of a1"));
}

TEST_F(SeventeenDevices, ConcernsNoOtherUser) {
  EXPECT_TRUE(board.connect("a2"));
  EXPECT_EQ(board.counts().devices, 3U + 16U);
}

TEST(OneDevicePerUser, TheNewOneReplacesTheOld) {
  Settings settings = default_settings();
  settings.devices_per_user = 1;
  Board board{settings};
  board.connect_all({"a1", "b1"});
  EXPECT_TRUE(board.connect("b2"));
  EXPECT_THAT(board.heard("b1"), ElementsAre("closed: too many"));
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b2"), ElementsAre("offer x of a1"));
  EXPECT_FALSE(board.connect("b3"));
}

TEST(Devices, OneThatConnectsAndLeavesAtOnceLeavesNothing) {
  Board board;
  board.connect_all({"a1"});
  board.disconnect("a1");
  EXPECT_EQ(board.counts().devices, 0U);
  EXPECT_EQ(board.counts().users, 0U);
  EXPECT_EQ(board.next_deadline(), base::kNever);
}

TEST(Devices, AnOldOneThatGoesDoesNotTakeTheNewOneAlong) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.call("a1", "b2");
  board.disconnect("b1");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  board.ice("a1", "c");
  EXPECT_THAT(board.heard("b2"), ElementsAre("ice c"));
}

class TokenExpiry : public ::testing::Test {
 protected:
  void SetUp() override { board.connect_all({"a1", "b1", "b2", "c1"}); }
  Board board{without_rates()};
};

TEST_F(TokenExpiry, ClosesAnIdleDeviceAtOnce) {
  board.expire_token("b1");
  EXPECT_THAT(board.heard("b1"), ElementsAre("closed: token expired"));
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.heard("b2"), ElementsAre("offer x of a1"));
}

TEST_F(TokenExpiry, LetsACallGoOnAndClosesFiveSecondsAfterIt) {
  board.call("a1", "b1");
  board.expire_token("b1");
  board.wait(10min);
  board.offer("b1", "a", "x2");
  board.answer("a1", "y2");
  board.ice("b1", "c");
  EXPECT_THAT(board.heard("a1"), ElementsAre("offer x2 of b1", "ice c"));
  board.forget_all();
  board.hangup("a1");
  board.wait(5s - 1ms);
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  board.wait(1ms);
  EXPECT_THAT(board.heard("b1"), ElementsAre("closed: token expired"));
}

TEST_F(TokenExpiry, LetsARungDeviceAnswer) {
  board.offer("a1", "b", "x");
  board.expire_token("b1");
  board.answer("b1", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
}

TEST_F(TokenExpiry, LetsTheCallerRepeatItsOffer) {
  board.offer("a1", "b", "x");
  board.expire_token("a1");
  board.forget_all();
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x of a1"));
}

TEST_F(TokenExpiry, RefusesANewCall) {
  board.call("a1", "b1");
  board.expire_token("a1");
  board.offer("a1", "c", "x");
  EXPECT_THAT(board.heard("c1"), IsEmpty());
  EXPECT_THAT(board.heard("a1"), IsEmpty());  // it is in a call
  EXPECT_THAT(board.facts(), ElementsAre("refused token_expired"));
  board.hangup("b1");
  board.forget_all();
  board.offer("a1", "c", "x");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("refused token_expired"));
}

TEST_F(TokenExpiry, OneThatIsRungAgainInItsFiveSecondsStaysForThat) {
  board.offer("a1", "b", "x");
  board.expire_token("b1");
  board.hangup("a1");
  board.wait(4s);
  board.offer("c1", "b", "z");
  board.forget_all();
  board.wait(10s);
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  board.answer("b1", "y");
  EXPECT_THAT(board.heard("c1"), ElementsAre("answer y"));
  board.hangup("c1");
  board.forget_all();
  board.wait(5s);
  EXPECT_THAT(board.heard("b1"), ElementsAre("closed: token expired"));
}

TEST_F(TokenExpiry, EachCallGivesFiveSecondsAnew) {
  board.offer("a1", "b", "x");
  board.expire_token("b1");
  board.hangup("a1");
  board.wait(3s);
  board.offer("c1", "b", "z");
  board.wait(1s);
  board.hangup("c1");
  board.forget_all();
  board.wait(5s - 1ms);  // 5 s after the first ring are long over
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  board.wait(1ms);
  EXPECT_THAT(board.heard("b1"), ElementsAre("closed: token expired"));
}

TEST_F(TokenExpiry, OneThatLeavesInItsFiveSecondsLeavesNoTimer) {
  board.call("a1", "b1");
  board.expire_token("b1");
  board.hangup("b1");
  EXPECT_EQ(board.counts().deadlines, 1U);
  board.disconnect("b1");
  EXPECT_EQ(board.counts().deadlines, 0U);
}

TEST_F(TokenExpiry, OneThatIsLostInItsCallLeavesNoTimer) {
  board.call("a1", "b1");
  board.expire_token("b1");
  board.disconnect("b1");
  EXPECT_EQ(board.counts().deadlines, 0U);
}

TEST_F(TokenExpiry, OfALoserOfTheAnswerRaceClosesItFiveSecondsLater) {
  board.offer("a1", "b", "x");
  board.expire_token("b1");
  board.answer("b2", "y");
  board.forget_all();
  board.wait(5s);
  EXPECT_THAT(board.heard("b1"), ElementsAre("closed: token expired"));
  EXPECT_EQ(board.counts().calls, 1U);
}

}  // namespace
}  // namespace zvonok::core::testing
