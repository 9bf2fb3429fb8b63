// From the offer to the answer or the end of the ring.
#include "core/switchboard_test_support.hpp"

namespace zvonok::core::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Ring, RingsEveryDeviceOfTheCallee) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "b3", "c1"});
  board.offer("a1", "b", "x");
  for (const auto* phone : {"b1", "b2", "b3"})
    EXPECT_THAT(board.heard(phone), ElementsAre("offer x of a1")) << phone;
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("c1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("rang 3"));
}

TEST(Ring, DoesNotRingTheCallersOwnOtherDevices) {
  Board board;
  board.connect_all({"a1", "a2", "b1"});
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("a2"), IsEmpty());
}

TEST(Ring, TheFirstAnswerWinsAndTheLosersAreToldOnce) {
  Board board;
  board.connect_all({"a1", "b1", "b2", "b3"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.wait(3s);
  board.answer("b2", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
  EXPECT_THAT(board.heard("b2"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b3"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("answered after 3000"));
  board.hangup("a1");
  EXPECT_THAT(board.heard("b1"), IsEmpty());
}

TEST(Ring, IgnoresASecondAnswerWhenTwoDevicesRace) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.answer("b1", "y");
  board.forget_all();
  board.answer("b2", "z");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("dropped no_call"));
  board.ice("a1", "c");
  EXPECT_THAT(board.heard("b1"), ElementsAre("ice c"));
}

TEST(Ring, IgnoresTheWinnersSecondAnswer) {  // W07
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.answer("b1", "y");
  board.forget_all();
  board.answer("b1", "y");
  board.answer("b1", "another y");
  board.answer("a1", "z");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("dropped not_now", "dropped not_now", "dropped not_now"));
}

TEST(Ring, IgnoresAnAnswerOfTheCaller) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.answer("a1", "y");
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  board.answer("b1", "z");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer z"));
}

TEST(Ring, ALateDeclineOfALoserDoesNotEndTheCall) {  // W15
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.answer("b1", "y");
  board.forget_all();
  board.hangup("b2");
  board.answer("b2", "z");
  board.ice("b2", "c");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 1U);
}

TEST(Ring, ADeclineEndsItOnEveryDevice) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.wait(2s);
  board.hangup("b1");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("ended declined, rang 2000"));
}

TEST(Ring, AnAnswerAfterADeclineConnectsNobody) {  // W15, the other order
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.hangup("b1");
  board.forget_all();
  board.answer("b2", "y");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 0U);
}

TEST(Ring, TheCallerCancels) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.hangup("a1");
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("ended cancelled, rang 0"));
}

TEST(Ring, EndsForAllWhenNobodyAnswersInTime) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.wait(45s - 1ms);
  EXPECT_EQ(board.counts().calls, 1U);
  board.wait(1ms);
  for (const auto* phone : {"a1", "b1", "b2"})
    EXPECT_THAT(board.heard(phone), ElementsAre("hangup")) << phone;
  EXPECT_THAT(board.facts(), ElementsAre("ended no_answer, rang 45000"));
}

TEST(Ring, TheAnswerCancelsTheTimeout) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.call("a1", "b1");
  board.wait(10min);
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_EQ(board.counts().calls, 1U);
  EXPECT_EQ(board.counts().deadlines, 0U);
}

TEST(Ring, ADeviceThatConnectsJoinsWithTheOfferAndTheKeptCandidates) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.ice("a1", "c1");
  board.ice("a1", "c2");
  board.wait(1s);
  ASSERT_TRUE(board.connect("b2"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("offer x of a1", "ice c1", "ice c2"));
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x of a1", "ice c1", "ice c2"));
  board.answer("b2", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
}

TEST(Ring, ADeviceThatJoinsGetsTheNewestOffer) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "old");
  board.offer("a1", "b", "new");
  ASSERT_TRUE(board.connect("b2"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("offer new of a1"));
}

TEST(Ring, ADeviceThatConnectsAfterTheAnswerIsNotRung) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.call("a1", "b1");
  ASSERT_TRUE(board.connect("b2"));
  ASSERT_TRUE(board.connect("a2"));
  EXPECT_THAT(board.heard("b2"), IsEmpty());
  EXPECT_THAT(board.heard("a2"), IsEmpty());
}

TEST(Ring, KeepsTheNewest64OfTheCallersCandidates) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.forget_all();
  for (int i = 1; i <= 70; ++i) board.ice("a1", std::to_string(i));
  EXPECT_EQ(board.heard("b1").size(), 70U);
  EXPECT_THAT(board.facts(),
              ::testing::AllOf(::testing::SizeIs(6), ::testing::Each("dropped candidates_full")));
  ASSERT_TRUE(board.connect("b2"));
  const Words heard = board.heard("b2");
  ASSERT_EQ(heard.size(), 1U + 64U);
  EXPECT_EQ(heard[1], "ice 7");
  EXPECT_EQ(heard.back(), "ice 70");
}

Settings with_candidate_bytes(std::size_t bytes) {
  Settings settings = default_settings();
  settings.calls.candidates.bytes = bytes;
  return settings;
}

// Else a stranger could fill the queue of whoever connects while he rings, which closes the connection.
TEST(Ring, TakesSoManyBytesOfCandidatesOfTheCallerAndNoMore) {
  Board board(with_candidate_bytes(10));
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "sdp");
  board.forget_all();
  board.ice("a1", "123456");
  board.ice("a1", "12345");
  board.ice("a1", "1234");
  board.ice("a1", "1");
  EXPECT_EQ(board.heard("b1"), (Words{"ice 123456", "ice 1234"}));
  EXPECT_EQ(board.facts(), (Words{"dropped candidates_full", "dropped candidates_full"}));
  EXPECT_TRUE(board.connect("b2"));
  EXPECT_EQ(board.heard("b2"), (Words{"offer sdp of a1", "ice 123456", "ice 1234"}));
  board.answer("b1", "answer");
  board.forget_all();
  board.ice("a1", "after the answer there is no such limit");
  EXPECT_EQ(board.heard("b1"), (Words{"ice after the answer there is no such limit"}));
}

TEST(Ring, TakesSoManyBytesOfCandidatesOfEachRungDevice) {
  Board board(with_candidate_bytes(10));
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "sdp");
  board.forget_all();
  board.ice("b1", "12345678");
  board.ice("b1", "123");
  board.ice("b2", "1234567890");
  board.answer("b1", "answer");
  EXPECT_EQ(board.heard("a1"), (Words{"answer answer", "ice 12345678"}));
}

TEST(Ring, CandidatesOfADeviceThatRingsAloneGoOutAtOnce) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.ice("b1", "d1");
  board.ice("b1", "d2");
  EXPECT_THAT(board.heard("a1"), ElementsAre("ice d1", "ice d2"));
}

TEST(Ring, CandidatesOfSeveralRungDevicesWaitForTheWinnersAnswer) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.ice("b1", "loser");
  board.ice("b2", "d1");
  board.ice("b2", "d2");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  board.answer("b2", "y");
  board.ice("b2", "d3");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y", "ice d1", "ice d2", "ice d3"));
}

TEST(Ring, KeepsTheNewest64OfARungDevicesCandidates) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  for (int i = 1; i <= 65; ++i) board.ice("b1", std::to_string(i));
  board.answer("b1", "y");
  const Words heard = board.heard("a1");
  ASSERT_EQ(heard.size(), 1U + 64U);
  EXPECT_EQ(heard[1], "ice 2");
  EXPECT_EQ(heard.back(), "ice 65");
}

TEST(Ring, KeptCandidatesGoOutWhenTheOthersHaveLeftAndItRingsAlone) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.ice("b1", "d1");
  board.ice("b2", "lost");
  board.disconnect("b2");
  EXPECT_THAT(board.heard("a1"), ElementsAre("ice d1"));
  ASSERT_TRUE(board.connect("b3"));
  board.ice("b1", "d2");
  board.answer("b1", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y", "ice d2"));
}

TEST(Ring, OneDeviceThatGoesLeavesTheOthersRinging) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.disconnect("b1");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b2"), IsEmpty());
  board.answer("b2", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
}

TEST(Ring, EndsUnreachableWhenItsLastDeviceGoes) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.disconnect("b1");
  board.forget_all();
  board.disconnect("b2");
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("ended unreachable, rang 0"));
}

TEST(Ring, IsCancelledWhenTheCallersConnectionIsLost) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.disconnect("a1");
  EXPECT_THAT(board.heard("b1"), ElementsAre("hangup"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("hangup"));
  EXPECT_THAT(board.facts(), ElementsAre("ended cancelled, rang 0"));
}

TEST(Ring, ARepeatedOfferReachesEveryRungDeviceAndStartsNoSecondCall) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.forget_all();
  board.wait(40s);
  board.offer("a1", "b", "x2");
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x2 of a1"));
  EXPECT_THAT(board.heard("b2"), ElementsAre("offer x2 of a1"));
  EXPECT_EQ(board.counts().calls, 1U);
  board.wait(5s);  // and the ring is no longer for it
  EXPECT_THAT(board.facts(), ElementsAre("ended no_answer, rang 45000"));
}

TEST(Ring, ARepeatedOfferCostsThePairsBucketAndIsThenNotForwarded) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  for (int i = 0; i < 5; ++i) board.offer("a1", "b", "x");
  EXPECT_EQ(board.heard("b1").size(), 6U);
  board.forget_all();
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.heard("a1"), IsEmpty());  // in a call it could not tell a refusal from the end
  EXPECT_THAT(board.facts(), ElementsAre("refused rate_limited"));
  board.answer("b1", "y");
  EXPECT_THAT(board.heard("a1"), ElementsAre("answer y"));
}

TEST(Ring, AllMessagesAfterTheEndGoNowhere) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.hangup("a1");
  board.forget_all();
  board.ice("a1", "c");
  board.answer("b1", "y");
  board.hangup("b1");
  EXPECT_THAT(board.heard("a1"), IsEmpty());
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("dropped no_call", "dropped no_call", "dropped no_call"));
}

TEST(Ring, NothingIsLeftOfIt) {
  Board board;
  board.connect_all({"a1", "b1", "b2"});
  board.offer("a1", "b", "x");
  board.ice("a1", "c");
  board.disconnect("b1");
  board.disconnect("a1");
  board.disconnect("b2");
  board.wait(2h);
  const auto left = board.counts();
  EXPECT_EQ(left.devices + left.users + left.calls + left.limits + left.deadlines, 0U);
  EXPECT_EQ(board.next_deadline(), base::kNever);
}

}  // namespace
}  // namespace zvonok::core::testing
