// The fake keeps the promises that tests take from it.
#include "ports/fake_account_store.hpp"

#include "ports/account_store_contract.hpp"

namespace zvonok::ports {
namespace {

struct Fake {
  AccountStore& store() { return fake; }
  void run_loop_once() { FAIL() << "it answers at once"; }
  FakeAccountStore fake;
};

/// As one that was refused the first time by a database that somebody else had.
struct FakeThatRetries : Fake {
  FakeThatRetries() { fake.run_twice(); }
};

using Fakes = ::testing::Types<Fake, FakeThatRetries>;
INSTANTIATE_TYPED_TEST_SUITE_P(Fake, AccountStoreContract, Fakes);

void add_message(AccountRows& rows) {
  rows.add_message(base::WallTime{});
}

TEST(FakeAccountStore, RunsTheRuleAndKeepsNothingWhileItIsSick) {
  FakeAccountStore fake;
  fake.fall_sick();
  int runs = 0, answers = 0;
  fake.transact(
      [&](AccountRows& rows) {
        ++runs;
        add_message(rows);
      },
      [&](const auto& kept) { answers += kept ? 100 : 1; });
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(answers, 1);
  EXPECT_TRUE(fake.rows.messages.empty());
  fake.get_well();
  fake.transact(add_message, [&](const auto& kept) { answers += kept ? 100 : 1; });
  EXPECT_EQ(answers, 101);
  EXPECT_EQ(fake.rows.messages.size(), 1u);
}

TEST(FakeAccountStore, RunsARuleTwiceAndKeepsItOnce) {
  FakeAccountStore fake;
  fake.run_twice();
  int runs = 0;
  fake.transact(
      [&](AccountRows& rows) {
        ++runs;
        add_message(rows);
      },
      [](const auto& kept) { EXPECT_TRUE(kept); });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(fake.rows.messages.size(), 1u);
}

TEST(FakeAccountStore, RunsAndAnswersLaterWhenToldTo) {
  FakeAccountStore fake;
  fake.answer_later();
  int answers = 0;
  fake.transact(add_message, [&](const auto& kept) { answers += kept ? 1 : 100; });
  EXPECT_EQ(answers, 0);
  EXPECT_EQ(fake.waiting(), 1u);
  EXPECT_TRUE(fake.rows.messages.empty());
  fake.answer_waiting();
  fake.answer_waiting();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(fake.asked, 1u);
}

}  // namespace
}  // namespace zvonok::ports
