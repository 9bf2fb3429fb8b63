#include "notify/code_delivery.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "ports/code_sender_contract.hpp"
#include "ports/fake_code_sender.hpp"

namespace zvonok::notify {
namespace {

using ports::AddressKind;
using ports::CodeSent;
using ports::FakeCodeSender;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Both adapters are fakes that can be looked into.
struct Counter {
  Counter() {
    auto sms_fake = std::make_unique<FakeCodeSender>(), mail_fake = std::make_unique<FakeCodeSender>();
    sms = sms_fake.get();
    mail = mail_fake.get();
    delivery.emplace(CodeDelivery::Adapters{.sms = std::move(sms_fake), .mail = std::move(mail_fake)});
  }

  // What the contract's suite asks for.
  ports::CodeSender& sender() { return *delivery; }
  static AddressKind kind() { return AddressKind::kPhone; }
  bool break_it() {
    sms->fail("login.sms.url answers with status 500");
    return true;
  }
  void run_loop_once() { FAIL() << "it answers at once"; }
  std::size_t sent() { return sms->messages.size(); }
  static std::string told() { return {}; }

  void send(AddressKind kind_of_address) {
    delivery->send({.kind = kind_of_address,
                    .address = "whoever",
                    .code = base::Redacted(std::string("493817")),
                    .language = ports::Language::kEnglish},
                   [this](const CodeSent& sent) { answers.push_back(sent ? "sent" : sent.error()); });
  }

  FakeCodeSender* sms = nullptr;
  FakeCodeSender* mail = nullptr;
  std::optional<CodeDelivery> delivery;
  std::vector<std::string> answers;
};

TEST(CodeDelivery, PicksByTheKindOfAddress) {
  Counter counter;
  counter.send(AddressKind::kEmail);
  EXPECT_THAT(counter.sms->messages, IsEmpty());
  EXPECT_THAT(counter.mail->messages, SizeIs(1));
  counter.send(AddressKind::kPhone);
  EXPECT_THAT(counter.sms->messages, SizeIs(1));
  EXPECT_THAT(counter.answers, ElementsAre("sent", "sent"));
}

TEST(CodeDelivery, NamesTheSettingOfAKindThatHasNoDelivery) {
  Counter counter;
  counter.delivery.emplace(CodeDelivery::Adapters{.sms = nullptr, .mail = nullptr});
  counter.send(AddressKind::kEmail);
  counter.send(AddressKind::kPhone);
  EXPECT_THAT(counter.answers, ElementsAre("no delivery for e-mail is set (login.smtp.url)",
                                           "no delivery for SMS is set (login.sms.url)"));
}

TEST(CodeDelivery, HandsTheAdaptersReasonOn) {
  Counter counter;
  counter.mail->fail("login.smtp.url does not answer");
  counter.send(AddressKind::kEmail);
  EXPECT_THAT(counter.answers, ElementsAre("login.smtp.url does not answer"));
}

TEST(CodeDelivery, BoundsHowManyAreOnTheirWay) {
  Counter counter;
  counter.sms->answer_later();
  counter.mail->answer_later();
  for (std::size_t i = 0; i < CodeDelivery::kUnderWayMax; ++i) counter.send(AddressKind::kPhone);
  EXPECT_THAT(counter.answers, IsEmpty());
  counter.send(AddressKind::kPhone);
  EXPECT_THAT(counter.answers, ElementsAre("64 SMS are on their way already"));
  counter.answers.clear();
  for (std::size_t i = 0; i < CodeDelivery::kUnderWayMax; ++i) counter.send(AddressKind::kEmail);
  EXPECT_THAT(counter.answers, IsEmpty()) << "a gateway that hangs keeps up no mail";
  counter.send(AddressKind::kEmail);
  EXPECT_THAT(counter.answers, ElementsAre("64 mails are on their way already"));
  counter.sms->answer_waiting();
  counter.answers.clear();
  counter.send(AddressKind::kPhone);
  EXPECT_THAT(counter.answers, IsEmpty()) << "there is room again";
}

TEST(CodeDelivery, MayBeGoneBeforeAnAnswerComes) {
  // An adapter whose answer outlives it, as one of a transfer does that was on its way.
  class Late final : public ports::CodeSender {
   public:
    explicit Late(std::function<void(CodeSent)>& kept) : kept_(kept) {}
    void send(ports::CodeMessage /*message*/, std::function<void(CodeSent)> done) override {
      kept_ = std::move(done);
    }

   private:
    std::function<void(CodeSent)>& kept_;
  };
  Counter counter;
  std::function<void(CodeSent)> kept;
  counter.delivery.emplace(CodeDelivery::Adapters{.sms = std::make_unique<Late>(kept), .mail = nullptr});
  counter.send(AddressKind::kPhone);
  counter.delivery.reset();
  kept({});
  EXPECT_THAT(counter.answers, ElementsAre("sent"));
}

}  // namespace
}  // namespace zvonok::notify

namespace zvonok::ports {
INSTANTIATE_TYPED_TEST_SUITE_P(Delivery, CodeSenderContract, notify::Counter);
}  // namespace zvonok::ports
