// One call per user: busy, self, offline, glare, and what a new call does to the one before it.
#include "core/switchboard_test_support.hpp"

namespace zvonok::core::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Busy, AUserInACallIsNotRung) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "c1"});
  board.call("a1", "b1");
  board.offer("c1", "b", "x");
  board.offer("c1", "a", "x");
  EXPECT_THAT(board.heard("c1"), ElementsAre("hangup", "hangup"));
  for (const auto* phone : {"a1", "b1", "b2"}) EXPECT_THAT(board.heard(phone), IsEmpty()) << phone;
  EXPECT_THAT(board.facts(), ElementsAre("ended busy, rang 0", "ended busy, rang 0"));
}

TEST(Busy, AUserWhoIsBeingRungIsNotRungAgain) {
  Board board;
  board.connect_all({"a1", "b1", "c1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.offer("c1", "b", "z");
  EXPECT_THAT(board.heard("c1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  board.answer("b1", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
}

TEST(Busy, AUserWhoCallsOutIsNotRung) {
  Board board;
  board.connect_all({"a1", "a2", "b1", "c1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.offer("c1", "a", "z");
  EXPECT_THAT(board.heard("c1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("a2"), IsEmpty());
}

TEST(Busy, AThirdUsersOfferAndHangupDoNotTouchACall) {
  Board board;
  board.connect_all({"a1", "b1", "c1"});
  board.call("a1", "b1");
  board.offer("c1", "b", "x");
  board.hangup("c1");
  board.ice("c1", "c");
  board.ice("a1", "c1");
  EXPECT_THAT(board.heard("b1"), ElementsAre("ice c1"));
  EXPECT_THAT(board.heard("a1"), IsEmpty());
}

TEST(Offline, AnUnknownUserIsUnreachable) {
  Board board;
  board.connect_all({"a1"});
  board.offer("a1", "nobody", "x");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("ended unreachable, rang 0"));
  EXPECT_EQ(board.counts().calls, 0U);
}

TEST(Offline, AUserWhoHasLeftIsUnreachable) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.disconnect("b1");
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
}

TEST(Offline, AUserWhoseFirstDeviceHasLeftIsReachableOnTheSecond) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.disconnect("b1");
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b2"), ElementsAre("offer x of a1"));
}

TEST(SelfCall, IsRefusedAndRingsNobody) {
  Board board;
  board.connect_all({"a1", "a2"});
  board.offer("a1", "a", "x");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("a2"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("refused self_call"));
}

TEST(SelfCall, InACallIsRefusedInSilence) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.call("a1", "b1");
  board.offer("a1", "a", "x");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 1U);
}

TEST(Glare, TheOfferInHandSurvivesAndTheOtherSideGetsItAgain) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "xa");
  board.ice("a1", "c1");
  board.forget_all();
  board.offer("b1", "a", "xb");
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup", "offer xa of a1", "ice c1"));
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b2"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 1U);
  board.answer("b1", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("hangup"));
}

// An offer of ninety bytes would bring a whole one back, with all that is kept, as often as one likes.
TEST(Glare, IsAnsweredOnceToEachDevice) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "sdp");
  board.forget_all();
  board.offer("b1", "a", "crossing");
  EXPECT_EQ(board.heard("b1"), (Words{"hangup", "offer sdp of a1"}));
  board.offer("b1", "a", "crossing");
  board.offer("b1", "a", "and again");
  EXPECT_EQ(board.heard("b1"), Words{});
  board.answer("b1", "answer");
  EXPECT_EQ(board.heard("a1"), (Words{"answer answer"}));
}

TEST(Glare, CandidatesOfTheLostOfferGoNowhereUntilTheAnswer) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "xa");
  board.ice("b1", "kept from before");
  board.offer("b1", "a", "xb");
  board.ice("b1", "of xb");
  board.disconnect("b2");  // now it rings alone
  board.ice("b1", "of xb too");
  board.answer("b1", "y");
  board.ice("b1", "d1");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y", "ice d1"));
}

TEST(Glare, FromAnotherDeviceThanTheCallersIsBusy) {
  Board board;
  board.connect_all({"a1", "a2", "b1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.offer("a2", "b", "x2");
  EXPECT_THAT(board.heard("a2"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("refused in_call"));
}

TEST(SecondCall, FromTheDeviceInTheCallEndsThatOneFirst) {
  Board board;
  board.connect_all({"a1", "b1", "c1"});
  board.call("a1", "b1");
  board.offer("a1", "c", "x");
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("c1"), ElementsAre("offer x of a1"));
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("ended hangup, rang 0, talked 0", "rang 1"));
}

TEST(SecondCall, OfTheCalleeEndsTheFirstToo) {
  Board board;
  board.connect_all({"a1", "b1", "c1"});
  board.call("a1", "b1");
  board.offer("b1", "c", "x");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("c1"), ElementsAre("offer x of b1"));
}

TEST(SecondCall, WhileTheFirstRingsCancelsIt) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "c1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.offer("a1", "c", "z");
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("ended cancelled, rang 0", "rang 1"));
}

TEST(SecondCall, ToSomebodyUnreachableOrBusyChangesNothing) {
  Board board;
  board.connect_all({"a1", "b1", "c1", "d1"});
  board.call("a1", "b1");
  board.offer("c1", "d", "x");
  board.forget_all();
  board.offer("a1", "nobody", "x");
  board.offer("a1", "d", "x");
  EXPECT_THAT(board.heard("a1"), IsEmpty());  // it could not tell this from the end of its call
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  board.ice("a1", "c");
  EXPECT_THAT(board.heard("b1"), ElementsAre("ice c"));
}

TEST(SecondCall, OverTheRateChangesNothing) {
  Settings settings = without_rates();
  settings.offers.caller = {.burst = 1, .interval = 1h};
  Board board{settings};
  board.connect_all({"a1", "b1", "c1"});
  board.call("a1", "b1");
  board.offer("a1", "c", "x");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.heard("c1"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 1U);
}

TEST(SecondCall, FromAnotherDeviceOfTheUserIsRefused) {
  Board board;
  board.connect_all({"a1", "a2", "b1", "b2", "c1"});
  board.call("a1", "b1");
  for (const auto* phone : {"a2", "b2"}) {
    board.offer(phone, "c", "x");
    EXPECT_THAT(board.heard(phone), ElementsAre("hangup")) << phone;
  }
  board.offer("b2", "a", "x");  // also when it is the peer
  EXPECT_THAT(board.heard("b2"), ElementsAre("hangup"));
  for (const auto* phone : {"a1", "b1", "c1"}) EXPECT_THAT(board.heard(phone), IsEmpty()) << phone;
}

TEST(RungDeviceCallsOut, ItLeavesTheRingAndTheOthersRingOn) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "c1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.offer("b1", "c", "z");
  EXPECT_THAT(board.heard("c1"), ElementsAre("offer z of b1"));
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  board.hangup("a1");
  EXPECT_THAT(board.heard("b2"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 1U);
}

TEST(RungDeviceCallsOut, TheCallerHearsBusyWhenItWasTheLast) {
  Board board;
  board.connect_all({"a1", "b1", "c1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.wait(1s);
  board.offer("b1", "c", "z");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("c1"), ElementsAre("offer z of b1"));
  EXPECT_THAT(board.facts(), ElementsAre("ended busy, rang 1000", "rang 1"));
}

TEST(RungDeviceCallsOut, TheCallerHearsBusyWhenTheOthersHaveGone) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "c1"});
  board.offer("a1", "b", "x");
  board.offer("b1", "c", "z");
  board.forget_all();
  board.disconnect("b2");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("ended busy, rang 0"));
}

TEST(RungDeviceCallsOut, AnswerOnAnotherDeviceEndsTheCallOut) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "c1"});
  board.offer("a1", "b", "x");
  board.offer("b1", "c", "z");
  board.forget_all();
  board.answer("b2", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
  EXPECT_THAT(board.heard("c1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b2"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("ended cancelled, rang 0", "answered after 0"));
}

TEST(RungDeviceCallsOut, AnswerOnAnotherDeviceEndsTheTalkToo) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "c1"});
  board.offer("a1", "b", "x");
  board.offer("b1", "c", "z");
  board.answer("c1", "w");
  board.forget_all();
  board.answer("b2", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("c1"), ElementsAre("hangup"));
  board.ice("a1", "c");
  EXPECT_THAT(board.heard("b2"), ElementsAre("ice c"));
}

}  // namespace
}  // namespace zvonok::core::testing
