// An answered call: candidates, renegotiation, its end. And candidates of the call before.
#include "core/switchboard_test_support.hpp"

namespace zvonok::core::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Talk : public ::testing::Test {
 protected:
  void SetUp() override {
    board.connect_all({"a1", "a2", "b1", "b2", "c1"});
    board.call("a1", "b1");
  }
  Board board;
};

TEST_F(Talk, CandidatesGoToTheOtherParty) {
  board.ice("a1", "c1");
  board.ice("b1", "d1");
  board.ice("a1", "c2");
  EXPECT_THAT(board.heard("b1"), ElementsAre("ice c1", "ice c2"));
  EXPECT_THAT(board.heard("a1"), ElementsAre("ice d1"));
}

TEST_F(Talk, ThirdDevicesAndThirdUsersAreNotInIt) {
  for (const auto* phone : {"a2", "b2", "c1"}) {
    board.ice(phone, "c");
    board.answer(phone, "y");
    board.hangup(phone);
  }
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 1U);
}

TEST_F(Talk, EitherSideRenegotiatesAndThePeerDeviceAnswers) {
  board.offer("a1", "b", "x2");
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x2 of a1"));
  EXPECT_THAT(board.heard("b2"), IsEmpty());
  board.answer("b1", "y2");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y2"));
  board.offer("b1", "a", "x3");
  EXPECT_THAT(board.heard("a1"), ElementsAre("offer x3 of b1"));
  EXPECT_THAT(board.heard("a2"), IsEmpty());
  board.answer("a1", "y3");
  EXPECT_THAT(board.heard("b1"), ElementsAre("answer y3"));
}

TEST_F(Talk, CrossingRenegotiationsBothPassAndBothAreAnswered) {
  board.offer("a1", "b", "xa");
  board.offer("b1", "a", "xb");
  board.answer("a1", "ya");
  board.answer("b1", "yb");
  EXPECT_THAT(board.heard("a1"), ElementsAre("offer xb of b1", "answer yb"));
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer xa of a1", "answer ya"));
}

TEST_F(Talk, OnlyWhoWasOfferedMayAnswerAndOnlyAsOften) {
  board.offer("a1", "b", "x");
  board.forget_all();
  board.answer("a1", "not asked");
  board.answer("b1", "y");
  board.answer("b1", "once too often");
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
  EXPECT_THAT(board.facts(), ElementsAre("dropped not_now", "dropped not_now"));
}

TEST_F(Talk, RenegotiationIsFreeOfRates) {
  for (int i = 0; i < 100; ++i) {
    board.offer("a1", "b", "x");
    board.answer("b1", "y");
  }
  EXPECT_EQ(board.heard("b1").size(), 100U);
  EXPECT_EQ(board.heard("a1").size(), 100U);
  EXPECT_THAT(board.facts(), IsEmpty());
}

TEST_F(Talk, EitherPartyHangsUpAndTheOtherIsToldOnce) {
  board.wait(5s);
  board.hangup("b1");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("ended hangup, rang 0, talked 5000"));
  board.hangup("b1");
  board.hangup("a1");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), IsEmpty());

  board.offer("a1", "b", "x");
  board.answer("b1", "y");
  board.forget_all();
  board.hangup("a1");
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
}

TEST_F(Talk, EndsWhenTheCallersConnectionIsLost) {
  board.disconnect("a1");
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("ended connection_lost, rang 0, talked 0"));
}

TEST_F(Talk, EndsWhenTheCalleesConnectionIsLost) {
  board.disconnect("b1");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("ended connection_lost, rang 0, talked 0"));
}

TEST_F(Talk, GoesOnWhenOtherDevicesOfItsUsersLeaveOrCome) {
  board.disconnect("a2");
  board.disconnect("b2");
  ASSERT_TRUE(board.connect("b3"));
  board.ice("a1", "c");
  EXPECT_THAT(board.heard("b1"), ElementsAre("ice c"));
  EXPECT_THAT(board.facts(), IsEmpty());
}

TEST_F(Talk, LateCandidatesOfAnEndedCallReachNoLaterCall) {  // W14
  board.ice("a1", "old 1");
  board.hangup("a1");
  board.ice("a1", "old 2");
  board.ice("b1", "old 3");
  board.forget_all();
  board.offer("a1", "b", "x");
  board.ice("a1", "new 1");
  board.ice("a1", "new 2");
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x of a1", "ice new 1", "ice new 2"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("offer x of a1", "ice new 1", "ice new 2"));
  EXPECT_THAT(board.heard("a1"), IsEmpty());
}

TEST_F(Talk, FiftyCallsInARowBehaveAlike) {  // W19
  Board many{without_rates()};
  many.connect_all({"a1", "b1"});
  for (int round = 0; round < 50; ++round) {
    many.offer("a1", "b", "x" + std::to_string(round));
    ASSERT_EQ(many.heard("b1").size(), 1U) << round;
    switch (round % 5) {
      case 0:
        many.hangup("b1");
        break;
      case 1:
        many.hangup("a1");
        break;
      case 2:
        many.wait(45s);
        break;
      case 3:
        many.answer("b1", "y");
        many.hangup("a1");
        break;
      default:
        many.answer("b1", "y");
        many.hangup("b1");
        break;
    }
    for (int i = 0; i < 5; ++i) many.ice("a1", "late");
    many.forget_all();
    ASSERT_EQ(many.counts().calls, 0U) << round;
    ASSERT_EQ(many.counts().deadlines, 0U) << round;
  }
}

TEST_F(Talk, ShuttingDownTellsEveryPartyAndRungDevice) {
  board.connect_all({"d1"});
  board.offer("c1", "d", "x");
  board.forget_all();
  board.shut_down();
  for (const auto* phone : {"a1", "b1", "c1", "d1"})
    EXPECT_THAT(board.heard(phone), ElementsAre("hangup")) << phone;
  EXPECT_THAT(board.facts(), ::testing::UnorderedElementsAre("ended server_shutdown, rang 0, talked 0",
                                                             "ended server_shutdown, rang 0"));
  EXPECT_EQ(board.counts().calls, 0U);
  EXPECT_EQ(board.counts().deadlines, 0U);
}

}  // namespace
}  // namespace zvonok::core::testing
