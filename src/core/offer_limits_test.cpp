#include "core/offer_limits.hpp"

#include "core/switchboard_test_support.hpp"

namespace zvonok::core::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One try of `phone` to call, ended at once by itself; true: somebody was rung.
bool tries(Board& board, const std::string& phone, const std::string& target, const std::string& sdp = "x") {
  board.forget_all();
  board.offer(phone, target, sdp);
  const Words facts = board.facts();
  board.hangup(phone);
  return facts.front() == "rang 1";
}

TEST(OfferRates, SixRingsOfOnePairAtOnceAndThenOneInTenSeconds) {
  Board board;
  board.connect_all({"a1", "b1", "c1"});
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(tries(board, "a1", "b"));
  EXPECT_FALSE(tries(board, "a1", "b"));
  EXPECT_THAT(board.heard("a1"), ElementsAre("hangup"));
  EXPECT_TRUE(tries(board, "a1", "c")) << "another callee";
  EXPECT_TRUE(tries(board, "b1", "a")) << "the other direction";
  board.wait(10s - 1ms);
  EXPECT_FALSE(tries(board, "a1", "b"));
  board.wait(1ms);
  EXPECT_TRUE(tries(board, "a1", "b"));
  EXPECT_FALSE(tries(board, "a1", "b"));
}

TEST(OfferRates, ThirtyRingsOfOnePairInAnHour) {
  Board board;
  board.connect_all({"a1", "b1"});
  int rings = 0;
  // As fast as the pair's minute lets through, for ten minutes: the hour's thirty, and one more each two
  // minutes.
  for (int i = 0; i < 60; ++i) {
    rings += tries(board, "a1", "b") ? 1 : 0;
    board.wait(10s);
  }
  EXPECT_GE(rings, 30);
  EXPECT_LE(rings, 30 + 5);
  EXPECT_FALSE(tries(board, "a1", "b") && tries(board, "a1", "b"));
  board.wait(1h);
  EXPECT_TRUE(tries(board, "a1", "b"));
}

TEST(OfferRates, TenOffersOfOneCallerAtOnceAndThenOneInThreeSeconds) {
  Board board;
  board.connect_all({"a1", "a2", "b1", "c1"});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tries(board, "a1", "b"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tries(board, "a2", "c"));
  EXPECT_FALSE(tries(board, "a1", "c"));
  EXPECT_FALSE(tries(board, "a2", "b")) << "all devices of a user are one caller";
  board.wait(3s);
  EXPECT_TRUE(tries(board, "a1", "b"));
  EXPECT_FALSE(tries(board, "a1", "c"));
}

TEST(OfferRates, OffersToNobodyCountToo) {
  Board board;
  board.connect_all({"a1", "b1"});
  for (int i = 0; i < 10; ++i) board.offer("a1", "nobody " + std::to_string(i), "x");
  EXPECT_FALSE(tries(board, "a1", "b"));
}

TEST(OfferRates, ARefusedTryCostsNothing) {
  Board board;
  board.connect_all({"a1", "b1"});
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(tries(board, "a1", "b"));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(tries(board, "a1", "b"));
  board.wait(10s);
  EXPECT_TRUE(tries(board, "a1", "b"));
}

TEST(OfferRates, ARefusalOfThePairLeavesTheCallersTokens) {
  OfferLimits limits({.caller = {4, 1h}, .pair = {1, 1h}, .pair_long_term = {9, 1h}});
  const base::MonoTime now{Duration{5}};
  EXPECT_TRUE(limits.try_new_call("a", "b", now));
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(limits.try_new_call("a", "b", now));
  EXPECT_TRUE(limits.try_new_call("a", "c", now));
  EXPECT_TRUE(limits.try_new_call("a", "d", now));
  EXPECT_TRUE(limits.try_new_call("a", "e", now));
  EXPECT_FALSE(limits.try_new_call("a", "f", now));
}

TEST(OfferRates, ARefusedTryLeavesNothingInMemory) {
  // Else one client with invented targets, refused at once, fills the table of pairs at the speed of its
  // messages.
  Board board;
  board.connect_all({"a1"});
  for (int i = 0; i < 10; ++i) board.offer("a1", "nobody " + std::to_string(i), "x");
  const auto before = board.counts().limits;
  for (int i = 10; i < 1000; ++i) board.offer("a1", "nobody " + std::to_string(i), "x");
  EXPECT_EQ(board.counts().limits, before);
}

TEST(OfferRates, AreForgottenWhenTheyAreFullAgain) {
  Board board;
  board.connect_all({"a1", "b1"});
  EXPECT_TRUE(tries(board, "a1", "b"));
  EXPECT_EQ(board.counts().limits, 2U);
  board.wait(1h);
  EXPECT_EQ(board.counts().limits, 0U);
  EXPECT_EQ(board.next_deadline(), base::kNever);
}

TEST(OfferRates, NamesThatRunTogetherAreDifferentPairs) {
  OfferLimits limits({.caller = {9, 1h}, .pair = {1, 1h}, .pair_long_term = {9, 1h}});
  const base::MonoTime now{Duration{5}};
  EXPECT_TRUE(limits.try_new_call("a", "bc", now));
  EXPECT_TRUE(limits.try_new_call("ab", "c", now));
}

TEST(Repeat, OfADeclinedOfferWithinASecondRingsNobody) {  // W20
  Board board{without_rates()};
  board.connect_all({"a1", "b1", "b2"});
  for (int i = 0; i < 12; ++i) {
    board.offer("a1", "b", "x");
    board.wait(200ms);
  }
  board.hangup("b1");
  board.forget_all();
  for (int i = 0; i < 4; ++i) {
    board.offer("a1", "b", "x");
    board.wait(200ms);
  }
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.heard("b2"), IsEmpty());
  EXPECT_THAT(board.heard("a1"), AllOf(SizeIs(4), Each("hangup")));
  EXPECT_THAT(board.facts(), AllOf(SizeIs(4), Each("refused repeat")));
}

TEST(Repeat, AfterASecondItIsACall) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.hangup("b1");
  board.wait(1s);
  board.forget_all();
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x of a1"));
}

TEST(Repeat, AnotherSdpIsANewCallAtOnce) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.hangup("b1");
  board.forget_all();
  board.offer("a1", "b", "x2");
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x2 of a1"));
}

TEST(Repeat, AfterTheCallersOwnHangupIsANewCall) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.hangup("a1");
  board.forget_all();
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b1"), ElementsAre("offer x of a1"));
}

TEST(Repeat, IsOnlyThatOfTheSameCallerToTheSameCallee) {
  Board board;
  board.connect_all({"a1", "b1", "c1"});
  board.offer("a1", "b", "x");
  board.hangup("b1");
  board.forget_all();
  board.offer("a1", "c", "x");
  EXPECT_THAT(board.heard("c1"), ElementsAre("offer x of a1"));
  board.offer("c1", "b", "x");
  EXPECT_THAT(board.facts(), Contains("rang 1"));
}

TEST(Repeat, OfAnOfferThatRangInVainForItsWholeTime) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.wait(45s);
  board.forget_all();
  board.offer("a1", "b", "x");
  EXPECT_THAT(board.heard("b1"), IsEmpty());
  EXPECT_THAT(board.facts(), ElementsAre("refused repeat"));
}

TEST(Repeat, CostsNoToken) {
  Board board;
  board.connect_all({"a1", "b1"});
  board.offer("a1", "b", "x");
  board.hangup("b1");
  for (int i = 0; i < 50; ++i) board.offer("a1", "b", "x");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(tries(board, "a1", "b", "new " + std::to_string(i)));
}

}  // namespace
}  // namespace zvonok::core::testing
