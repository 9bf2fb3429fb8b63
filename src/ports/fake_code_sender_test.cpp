// The fake keeps the promises that tests take from it.
#include "ports/fake_code_sender.hpp"

#include "ports/code_sender_contract.hpp"

namespace zvonok::ports {
namespace {

struct Fake {
  CodeSender& sender() { return fake; }
  static AddressKind kind() { return AddressKind::kPhone; }
  bool break_it() {
    fake.fail("the fake was told to fail");
    return true;
  }
  void run_loop_once() { FAIL() << "it answers at once"; }
  std::size_t sent() { return fake.messages.size(); }
  std::string told() { return {}; }
  FakeCodeSender fake;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Fake, CodeSenderContract, Fake);

CodeMessage message_to(const std::string& address, const std::string& code) {
  return {.kind = AddressKind::kEmail,
          .address = address,
          .code = base::Redacted(code),
          .language = Language::kEnglish};
}

TEST(FakeCodeSender, KnowsTheLastCodeOfAnAddress) {
  FakeCodeSender fake;
  int answers = 0;
  for (const auto* code : {"111111", "222222"})
    fake.send(message_to("a@example.org", code), [&](const CodeSent&) { ++answers; });
  fake.send(message_to("b@example.org", "333333"), [&](const CodeSent&) { ++answers; });
  EXPECT_EQ(answers, 3);
  EXPECT_EQ(fake.code_of("a@example.org"), "222222");
  EXPECT_EQ(fake.code_of("nobody@example.org"), "");
}

TEST(FakeCodeSender, AnswersLaterWhenToldTo) {
  FakeCodeSender fake;
  fake.answer_later();
  int answers = 0;
  fake.send(message_to("a@example.org", "111111"), [&](const CodeSent& sent) { answers += sent ? 1 : 100; });
  EXPECT_EQ(answers, 0);
  fake.answer_waiting();
  fake.answer_waiting();
  EXPECT_EQ(answers, 1);
}

}  // namespace
}  // namespace zvonok::ports
