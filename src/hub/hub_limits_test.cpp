// How the hub bounds a client: devices of a user, junk, floods, expired tokens.
#include "hub/test_clients.hpp"

namespace zvonok::hub {
namespace {

using namespace testing;
using ports::Counter;
using protocol::CloseReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HubLimitsTest : public HubTest {
 protected:
  // Sixteen devices of one user, each connected a second after the one before.
  std::vector<FakeClient*> sixteen(const std::string& user) {
    std::vector<FakeClient*> devices;
    for (int i = 0; i < 16; ++i) {
      devices.push_back(&connect(user));
      now += base::seconds(1);
    }
    return devices;
  }
  std::uint64_t ignored(protocol::MessageError error) const {
    return metrics.count(Counter::kMessagesIgnored, static_cast<std::size_t>(error));
  }
};

TEST_F(HubLimitsTest, The17thDeviceClosesTheStalest) {
  const auto devices = sixteen("anna");
  hang_up(*devices[0]);  // has said something: now the second is the stalest
  auto& seventeenth = connect("anna");
  EXPECT_THAT(devices[1]->closes, ElementsAre(CloseReason::kTooMany));
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(devices[i]->closed(), i == 1) << i;
  EXPECT_FALSE(seventeenth.closed());
  hub.report_gauges();
  EXPECT_EQ(metrics.gauge(ports::Gauge::kDevices), 16);
}

// The closed device's place is the new one's now: what the old connection does later must not touch it.
TEST_F(HubLimitsTest, AClosedDeviceDoesNotHarmTheOneThatHasItsPlace) {
  const auto devices = sixteen("anna");
  auto& seventeenth = connect("anna");
  ASSERT_TRUE(devices[0]->closed());
  hang_up(*devices[0]);
  offer(*devices[0], "anna");
  hub.token_expired(devices[0]->session);
  hub.close(devices[0]->session, now);
  hub.close(devices[0]->session, now);
  EXPECT_THAT(devices[0]->heard, ElementsAre("closed 4029"));
  auto& boris = connect("boris");
  offer(boris, "anna");
  EXPECT_THAT(seventeenth.heard, ElementsAre(HasSubstr("call:offer")));
  hub.report_gauges();
  EXPECT_EQ(metrics.gauge(ports::Gauge::kDevices), 17);
}

TEST_F(HubLimitsTest, The17thIsRefusedWhenAllOthersAreRung) {
  const auto devices = sixteen("anna");
  auto& boris = connect("boris");
  offer(boris, "anna");
  auto& seventeenth = connect("anna");
  EXPECT_THAT(seventeenth.closes, ElementsAre(CloseReason::kTooMany));
  EXPECT_FALSE(seventeenth.session.device);
  offer(seventeenth, "boris");
  hub.close(seventeenth.session, now);
  for (const auto* device : devices) EXPECT_THAT(device->heard, ElementsAre(HasSubstr("call:offer")));
}

TEST_F(HubLimitsTest, ADeviceThatJoinsARingHearsItRightAfterItsOpening) {
  auto& anna = connect("anna");
  connect("boris");
  offer(anna, "boris");
  say(anna, R"({"event":"call:ice","payload":1})");
  auto& late = connect("boris");
  EXPECT_THAT(late.heard, ElementsAre(HasSubstr("call:offer"), R"({"event":"call:ice","payload":1})"));
}

TEST_F(HubLimitsTest, CountsWhatItDoesNotUnderstandByItsReason) {
  auto& anna = connect("anna");
  say(anna, "");
  say(anna, "{");
  say(anna, "[]");
  say(anna, R"({"payload":{}})");
  say(anna, R"({"event":"call:fly"})");
  say(anna, R"({"event":"call:ice","event":"call:ice"})");
  say(anna, R"({"event":"call:offer"})");
  std::string many = R"({"event":"call:offer","payload":{"userId":"b")";
  for (int i = 0; i < 256; ++i) many += ",\"k" + std::to_string(i) + "\":1";
  say(anna, many + "}}");
  EXPECT_EQ(ignored(protocol::MessageError::kNotJson), 2u);
  EXPECT_EQ(ignored(protocol::MessageError::kNotAnObject), 1u);
  EXPECT_EQ(ignored(protocol::MessageError::kNoEvent), 1u);
  EXPECT_EQ(ignored(protocol::MessageError::kUnknownEvent), 1u);
  EXPECT_EQ(ignored(protocol::MessageError::kDoubledKey), 1u);
  EXPECT_EQ(ignored(protocol::MessageError::kNoTarget), 1u);
  EXPECT_EQ(ignored(protocol::MessageError::kTooManyKeys), 1u);
  EXPECT_EQ(metrics.count(Counter::kMessagesIn), 8u);
  EXPECT_THAT(anna.heard, IsEmpty());
}

// The original ignores junk without end; a thousand a minute is no accident.
TEST_F(HubLimitsTest, ClosesWhoSendsMoreJunkThanAThousandAMinute) {
  auto& anna = connect("anna");
  for (int i = 0; i < 1'000; ++i) say(anna, "junk");
  EXPECT_FALSE(anna.closed());
  say(anna, "junk");
  ASSERT_TRUE(anna.closed());
  EXPECT_EQ(anna.closes.front(), CloseReason::kPolicy);
}

TEST_F(HubLimitsTest, ForgivesJunkThatComesSlowly) {
  auto& anna = connect("anna");
  for (int i = 0; i < 5'000; ++i) {
    say(anna, "junk");
    now += base::Duration{60};
  }
  EXPECT_FALSE(anna.closed());
}

TEST_F(HubLimitsTest, ReadsABurstAtOnceAndThenAsFastAsTheRate) {
  auto& anna = connect("anna");
  for (int i = 0; i < 1'999; ++i) ASSERT_EQ(hang_up(anna), base::Duration{0}) << i;
  EXPECT_EQ(hang_up(anna), base::Duration{10});  // the burst is used up: the next one is due in 10 ms
  now += base::Duration{10};
  EXPECT_EQ(hang_up(anna), base::Duration{10});
  now += base::Duration{20};
  EXPECT_EQ(hang_up(anna), base::Duration{0});
}

// Back-pressure loses nothing: the message that makes it wait has been carried out.
TEST_F(HubLimitsTest, CarriesOutTheMessageThatMakesItWait) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  for (int i = 0; i < 1'999; ++i) hang_up(anna);
  EXPECT_GT(offer(anna, "boris"), base::Duration{0});
  EXPECT_EQ(boris.heard.size(), 1u);
}

TEST_F(HubLimitsTest, CountsJunkAgainstTheRateOfMessages) {
  auto& anna = connect("anna");
  for (int i = 0; i < 1'000; ++i) {
    say(anna, "junk");
    hang_up(anna);
  }
  EXPECT_GT(hang_up(anna), base::Duration{0});
}

TEST_F(HubLimitsTest, ClosesAFloodThatGoesOnForAMinute) {
  auto& anna = connect("anna");
  const auto start = now;
  while (!anna.closed() && now < start + base::minutes(5)) now += hang_up(anna);
  EXPECT_THAT(anna.closes, ElementsAre(CloseReason::kTooMany));
  EXPECT_EQ(now - start, base::seconds(60) + base::Duration{10});
}

// A late timer of ours is no break: the flood's next message is simply read later.
TEST_F(HubLimitsTest, ClosesAFloodAlthoughOurTimersAreLate) {
  auto& anna = connect("anna");
  const auto start = now;
  while (!anna.closed() && now < start + base::minutes(5)) {
    const auto wait = hang_up(anna);
    if (wait > base::Duration{0}) now += wait + base::Duration{64};
  }
  ASSERT_TRUE(anna.closed());
  EXPECT_EQ(anna.closes.front(), CloseReason::kTooMany);
  EXPECT_LE(now - start, base::seconds(62));
}

TEST_F(HubLimitsTest, ForgivesAFloodThatMakesABreak) {
  auto& anna = connect("anna");
  for (int minute = 0; minute < 5; ++minute) {
    const auto end = now + base::seconds(50);
    while (now < end) now += hang_up(anna);
    now += base::seconds(10);  // half of the burst is won back
  }
  EXPECT_FALSE(anna.closed());
}

TEST_F(HubLimitsTest, BoundsEachConnectionApart) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  for (int i = 0; i < 3'000; ++i) hang_up(anna);
  EXPECT_EQ(hang_up(boris), base::Duration{0});
}

TEST_F(HubLimitsTest, ClosesAnIdleDeviceWhoseTokenExpires) {
  auto& anna = connect("anna");
  hub.token_expired(anna.session);
  EXPECT_THAT(anna.closes, ElementsAre(CloseReason::kTokenExpired));
  hub.token_expired(anna.session);
  hub.close(anna.session, now);
  EXPECT_EQ(anna.closes.size(), 1u);
}

// The connection that was let go of may be gone by the time its place has a new owner.
TEST_F(HubLimitsTest, ForgetsWhomItHasClosed) {
  auto& anna = connect("anna");
  hub.token_expired(anna.session);
  auto& boris = connect("boris");
  EXPECT_THAT(anna.heard, ElementsAre("closed 4001"));
  hub.close(anna.session, now);
  auto& vera = connect("vera");
  offer(vera, "boris");
  EXPECT_THAT(boris.heard, ElementsAre(HasSubstr("call:offer")));
}

TEST_F(HubLimitsTest, LetsACallEndBeforeItClosesADeviceWhoseTokenExpired) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  answer(boris);
  hub.token_expired(anna.session);
  EXPECT_FALSE(anna.closed());
  hang_up(boris);
  EXPECT_FALSE(anna.closed());
  now += base::seconds(5);
  EXPECT_EQ(hub.next_deadline(), now);
  hub.on_time(now);
  EXPECT_THAT(anna.heard, ElementsAre(HasSubstr("call:answer"), kHangup, "closed 4001"));
}

TEST_F(HubLimitsTest, DoesNothingForASessionThatWasNeverOpened) {
  FakeClient stranger;
  EXPECT_EQ(hub.message(stranger.session, {}, now), base::Duration{0});
  hub.token_expired(stranger.session);
  hub.close(stranger.session, now);
  EXPECT_THAT(stranger.heard, IsEmpty());
}

// Goal: places are reused without end and never mixed up. Method: come and go, and ring the one who is here.
TEST_F(HubLimitsTest, ReusesPlacesOfThoseWhoHaveGone) {
  auto& boris = connect("boris");
  FakeClient* former = nullptr;
  for (int i = 0; i < 200; ++i) {
    auto& anna = connect("anna");
    if (former != nullptr) hub.close(former->session, now);
    former = &anna;
    offer(boris, "anna", "v=" + std::to_string(i));
    hang_up(boris);
    ASSERT_THAT(anna.heard, ElementsAre(HasSubstr("call:offer"), kHangup)) << i;
    now += base::minutes(3);
    hub.on_time(now);
  }
  hub.report_gauges();
  EXPECT_EQ(metrics.gauge(ports::Gauge::kDevices), 2);
}

}  // namespace
}  // namespace zvonok::hub
