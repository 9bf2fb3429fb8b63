// What every ports::CodeSender promises, as one suite. An adapter's test gives a type with
//   ports::CodeSender& sender();
//   static ports::AddressKind kind();   // of what it sends
//   bool break_it();                    // from now on nothing can be sent; false: nothing can keep it from
//   sending void run_loop_once();               // until something was posted to the loop; never called when
//   nothing is awaited std::size_t sent();                 // how many messages have arrived at the other end
//   std::string told();                 // all that was logged so far
// and instantiates CodeSenderContract with it. A sender whose very purpose is to log the code says so:
//   static constexpr bool kLogsCodes = true;
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ports/code_sender.hpp"

namespace zvonok::ports {

template <class Adapter>
class CodeSenderContract : public ::testing::Test {
 protected:
  static constexpr const char* kCode = "493817";

  static std::string address() {
    return Adapter::kind() == AddressKind::kEmail ? "anna.contract@example.org" : "+79991234567";
  }

  void send() {
    CodeMessage message{.kind = Adapter::kind(),
                        .address = address(),
                        .code = base::Redacted(std::string(kCode)),
                        .language = Language::kRussian};
    adapter.sender().send(std::move(message), [this, loop = std::this_thread::get_id()](CodeSent sent) {
      EXPECT_EQ(std::this_thread::get_id(), loop);
      answers.push_back(std::move(sent));
    });
  }
  void await(std::size_t count) {
    while (answers.size() < count) adapter.run_loop_once();
  }

  void expect_silence_in(const std::string& text) {
    EXPECT_EQ(text.find(kCode), text.npos) << "tells the code: " << text;
    EXPECT_EQ(text.find(address()), text.npos) << "tells the address: " << text;
  }

  Adapter adapter;
  std::vector<CodeSent> answers;
};

TYPED_TEST_SUITE_P(CodeSenderContract);

TYPED_TEST_P(CodeSenderContract, AnswersOnceForWhatIsSentAndSendsItOnce) {
  this->send();
  this->await(1);
  ASSERT_TRUE(this->answers.front()) << this->answers.front().error();
  EXPECT_EQ(this->answers.size(), 1u);
  EXPECT_EQ(this->adapter.sent(), 1u);
}

TYPED_TEST_P(CodeSenderContract, AnswersEachOfMany) {
  for (int i = 0; i < 5; ++i) this->send();
  this->await(5);
  EXPECT_EQ(this->answers.size(), 5u);
  for (const CodeSent& answer : this->answers) EXPECT_TRUE(answer);
  EXPECT_EQ(this->adapter.sent(), 5u);
}

TYPED_TEST_P(CodeSenderContract, AnswersOnceWithAReasonThatTellsNothingWhenItCannotSend) {
  if (!this->adapter.break_it()) return;
  this->send();
  this->await(1);
  ASSERT_EQ(this->answers.size(), 1u);
  ASSERT_FALSE(this->answers.front());
  const std::string error = this->answers.front().error();
  EXPECT_FALSE(error.empty());
  EXPECT_NE(error.back(), '.') << "it is the end of a sentence that goes on";
  this->expect_silence_in(error);
}

TYPED_TEST_P(CodeSenderContract, LogsNeitherCodeNorAddress) {
  if constexpr (!requires { TypeParam::kLogsCodes; }) {
    this->send();
    this->await(1);
    if (this->adapter.break_it()) {
      this->send();
      this->await(2);
    }
    this->expect_silence_in(this->adapter.told());
  }
}

REGISTER_TYPED_TEST_SUITE_P(CodeSenderContract, AnswersOnceForWhatIsSentAndSendsItOnce, AnswersEachOfMany,
                            AnswersOnceWithAReasonThatTellsNothingWhenItCannotSend,
                            LogsNeitherCodeNorAddress);

}  // namespace zvonok::ports
