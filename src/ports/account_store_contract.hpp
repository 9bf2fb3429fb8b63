// What every ports::AccountStore promises, as one suite. An adapter's test gives a type with
//   static std::string missing();   // what is not here that it needs; empty: all is here
//   ports::AccountStore& store();
//   void run_loop_once();           // until something was posted to the loop; never called when nothing is
//   awaited
// and instantiates AccountStoreContract with it. `missing` may be left out.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ports/account_store.hpp"
#include "ports/test_requirements.hpp"

namespace zvonok::ports {

template <class Adapter>
class AccountStoreContract : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto missing = what_is_missing_for<Adapter>();
    if (!missing.empty()) return skip_for_want_of(missing);
    adapter.emplace();
  }

  /// Calls the store, and awaits all that it has been asked so far.
  base::Result<void, StoreError> transact(const AccountStore::Rule& rule) {
    std::optional<base::Result<void, StoreError>> answer;
    adapter->store().transact(rule, [&answer, loop = std::this_thread::get_id()](const auto& kept) {
      EXPECT_EQ(std::this_thread::get_id(), loop);
      EXPECT_FALSE(answer) << "it answers once";
      answer = kept;
    });
    while (!answer) adapter->run_loop_once();
    return *answer;
  }

  static User named(const std::string& id, const std::string& name) {
    return {
        .id = id, .name = name, .name_key = name, .avatar = {}, .phone = {}, .email = {}, .created_at = {}};
  }
  std::string name_of(const std::string& id) {
    std::string name = "nobody";
    EXPECT_TRUE(transact([&](AccountRows& rows) {
      if (const auto user = rows.user(id)) name = user->name;
    }));
    return name;
  }

  std::optional<Adapter> adapter;
};

TYPED_TEST_SUITE_P(AccountStoreContract);

TYPED_TEST_P(AccountStoreContract, KeepsNothingOfARuleThatThrows) {
  EXPECT_TRUE(this->transact(
      [](AccountRows& rows) { rows.put_user(AccountStoreContract<TypeParam>::named("a", "before")); }));
  const auto kept = this->transact([](AccountRows& rows) {
    rows.put_user(AccountStoreContract<TypeParam>::named("a", "after"));
    throw std::runtime_error("no");
  });
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error(), StoreError::kUnavailable);
  EXPECT_EQ(this->name_of("a"), "before");
}

TYPED_TEST_P(AccountStoreContract, KeepsNothingOfARuleWhoseRowsWereRefused) {
  const auto kept = this->transact([](AccountRows& rows) {
    for (const auto* id : {"a", "b"}) {
      auto user = AccountStoreContract<TypeParam>::named(id, id);
      user.phone = "+79990000001";
      rows.put_user(user);
    }
  });
  EXPECT_FALSE(kept);
  EXPECT_EQ(this->name_of("a"), "nobody");
  EXPECT_EQ(this->name_of("b"), "nobody");
}

TYPED_TEST_P(AccountStoreContract, KeepsWhatARulePutsAndAnswersInOrder) {
  std::vector<int> answers;
  for (int i = 1; i <= 5; ++i) {
    this->adapter->store().transact(
        [i](AccountRows& rows) {
          const auto before = rows.user("a").value_or(AccountStoreContract<TypeParam>::named("a", ""));
          rows.put_user(AccountStoreContract<TypeParam>::named("a", before.name + std::to_string(i)));
        },
        [&answers, i](const base::Result<void, StoreError>& kept) { answers.push_back(kept ? i : -i); });
  }
  EXPECT_EQ(this->name_of("a"), "12345");
  EXPECT_EQ(answers, (std::vector<int>{1, 2, 3, 4, 5}));
}

TYPED_TEST_P(AccountStoreContract, HandsOverTheResultOfARule) {
  std::optional<std::size_t> result;
  ports::transact<std::size_t>(
      this->adapter->store(),
      [](AccountRows& rows) {
        rows.add_message(base::WallTime(base::seconds(2)));
        return rows.messages_between(base::WallTime(base::seconds(1)), base::WallTime(base::seconds(2)));
      },
      [&result](const base::Result<std::size_t, StoreError>& count) { result = count ? *count : 0; });
  while (!result) this->adapter->run_loop_once();
  EXPECT_EQ(*result, 1u);
}

REGISTER_TYPED_TEST_SUITE_P(AccountStoreContract, KeepsNothingOfARuleThatThrows,
                            KeepsNothingOfARuleWhoseRowsWereRefused, KeepsWhatARulePutsAndAnswersInOrder,
                            HandsOverTheResultOfARule);

}  // namespace zvonok::ports
