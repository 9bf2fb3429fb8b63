// What clients hear of each other through the hub: the four events, exactly as the protocol writes them.
#include "hub/test_clients.hpp"

namespace zvonok::hub {
namespace {

using namespace testing;
using ports::Counter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(HubTest, CarriesAWholeCall) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  say(anna, R"({"event":"call:ice","payload":{"candidate":{"candidate":"a1"}}})");
  answer(boris);
  say(boris, R"({"event":"call:ice","payload":{"candidate":null}})");
  say(boris, R"({"event":"call:offer","payload":{"sdp":"v=2","userId":"anna"}})");
  answer(anna);
  hang_up(anna);
  EXPECT_THAT(
      boris.heard,
      ElementsAre(R"({"event":"call:offer","payload":{"sdp":"v=0","userId":"boris","fromUserId":"anna"}})",
                  R"({"event":"call:ice","payload":{"candidate":{"candidate":"a1"}}})",
                  R"({"event":"call:answer","payload":{"sdp":"v=1"}})", kHangup));
  EXPECT_THAT(
      anna.heard,
      ElementsAre(R"({"event":"call:answer","payload":{"sdp":"v=1"}})",
                  R"({"event":"call:ice","payload":{"candidate":null}})",
                  R"({"event":"call:offer","payload":{"sdp":"v=2","userId":"anna","fromUserId":"boris"}})"));
}

TEST_F(HubTest, CarriesPayloadsByteForByte) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  say(anna, R"({"payload":)" + std::string(R"({"userId":"boris","x":[1.50,  -0,"\u00e9"], "10":1,"2":{} })") +
                R"(,"event":"call:offer"})");
  EXPECT_THAT(boris.heard,
              ElementsAre(R"({"event":"call:offer","payload":{"userId":"boris","x":[1.50,  -0,"\u00e9"], )"
                          R"("10":1,"2":{} ,"fromUserId":"anna"}})"));
}

TEST_F(HubTest, AMissingPayloadStaysMissing) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  say(boris, R"({"event":"call:answer"})");
  say(boris, R"({"event":"call:ice","payload":null})");
  EXPECT_THAT(anna.heard,
              ElementsAre(R"({"event":"call:answer"})", R"({"event":"call:ice","payload":null})"));
}

TEST_F(HubTest, NamesTheSenderInTheJsonTypeOfTheirOwnToken) {
  auto& number = connect("42", ports::IdForm::kInteger);
  auto& text = connect("43", ports::IdForm::kString);
  say(number, R"({"event":"call:offer","payload":{"userId":43}})");
  EXPECT_THAT(text.heard, ElementsAre(R"({"event":"call:offer","payload":{"userId":43,"fromUserId":42}})"));
  answer(text);
  say(text, R"({"event":"call:offer","payload":{"userId":"42"}})");
  EXPECT_THAT(number.heard.back(), R"({"event":"call:offer","payload":{"userId":"42","fromUserId":"43"}})");
}

// 42 and "42" are one user, but each device speaks of itself as its own token does.
TEST_F(HubTest, KeepsTheTypeApartForEachDeviceOfAUser) {
  auto& as_number = connect("42", ports::IdForm::kInteger);
  auto& as_text = connect("42", ports::IdForm::kString);
  auto& boris = connect("boris");
  offer(as_text, "boris");
  EXPECT_THAT(boris.heard.back(), HasSubstr(R"("fromUserId":"42"})"));
  hang_up(as_text);
  now += base::seconds(5);
  offer(as_number, "boris", "v=3");
  EXPECT_THAT(boris.heard.back(), HasSubstr(R"("fromUserId":42})"));
}

TEST_F(HubTest, EscapesTheSenderSoThatNoIdBreaksTheMessage) {
  auto& odd = connect("a\"},\"event\":\"x\\\n\x01");
  auto& boris = connect("boris");
  offer(odd, "boris");
  EXPECT_THAT(boris.heard, ElementsAre(HasSubstr(R"("fromUserId":"a\"},\"event\":\"x\\\u000a\u0001"}})")));
}

TEST_F(HubTest, CutsASenderThatTheClientHasForged) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  say(anna, R"({"event":"call:offer","payload":{"fromUserId":"boss","userId":"boris","x":1}})");
  EXPECT_THAT(
      boris.heard,
      ElementsAre(R"({"event":"call:offer","payload":{"userId":"boris","x":1,"fromUserId":"anna"}})"));
  hang_up(anna);
  now += base::seconds(5);
  say(anna, R"({"event":"call:offer","payload":{"userId":"boris","\u0066romUserId" : {"a":[1]}}})");
  EXPECT_THAT(boris.heard.back(),
              R"({"event":"call:offer","payload":{"userId":"boris","fromUserId":"anna"}})");
}

TEST_F(HubTest, IgnoresAnOfferThatNamesTwoSenders) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  say(anna, R"({"event":"call:offer","payload":{"userId":"boris","fromUserId":1,"fromUserId":2}})");
  EXPECT_THAT(boris.heard, IsEmpty());
}

TEST_F(HubTest, RingsEveryDeviceAndTellsTheLosers) {
  auto& anna = connect("anna");
  auto& phone = connect("boris");
  auto& laptop = connect("boris");
  offer(anna, "boris");
  answer(laptop);
  EXPECT_THAT(phone.heard, ElementsAre(HasSubstr("call:offer"), kHangup));
  EXPECT_THAT(laptop.heard, ElementsAre(HasSubstr("call:offer")));
  EXPECT_EQ(anna.heard.size(), 1u);
}

TEST_F(HubTest, TellsTheCallerThatNobodyIsThere) {
  auto& anna = connect("anna");
  offer(anna, "nobody");
  EXPECT_THAT(anna.heard, ElementsAre(kHangup));
}

TEST_F(HubTest, EndsTheCallOfAConnectionThatIsLost) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  answer(boris);
  hub.close(anna.session, now);
  EXPECT_EQ(boris.heard.back(), kHangup);
  hub.close(anna.session, now);  // twice is once
  answer(anna);                  // and what is still in the pipe goes nowhere
  EXPECT_EQ(boris.heard.size(), 2u);
  EXPECT_EQ(metrics.count(Counter::kCallsEnded, static_cast<std::size_t>(core::EndReason::kConnectionLost)),
            1u);
}

TEST_F(HubTest, GivesUpRingingWhenTheTimeIsOver) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  const auto deadline = hub.next_deadline();
  EXPECT_EQ(deadline, now + base::seconds(45));
  hub.on_time(now = deadline - base::Duration{1});
  EXPECT_THAT(anna.heard, IsEmpty());
  hub.on_time(now = deadline);
  EXPECT_THAT(anna.heard, ElementsAre(kHangup));
  EXPECT_EQ(boris.heard.back(), kHangup);
}

TEST_F(HubTest, EndsEveryCallWhenTheServerStops) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  hub.shut_down(now);
  EXPECT_THAT(anna.heard, ElementsAre(kHangup));
  EXPECT_EQ(boris.heard.back(), kHangup);
  EXPECT_FALSE(anna.closed()) << "its owner closes it";
}

TEST_F(HubTest, CountsALifeOfACall) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  answer(boris);
  hub.report_gauges();
  EXPECT_EQ(metrics.gauge(ports::Gauge::kDevices), 2);
  EXPECT_EQ(metrics.gauge(ports::Gauge::kUsers), 2);
  EXPECT_EQ(metrics.gauge(ports::Gauge::kCalls), 1);
  hang_up(boris);
  hub.report_gauges();
  EXPECT_EQ(metrics.gauge(ports::Gauge::kCalls), 0);
  EXPECT_EQ(metrics.gauge(ports::Gauge::kDeadlines), 0);
  EXPECT_EQ(metrics.count(Counter::kMessagesIn), 3u);
  EXPECT_EQ(metrics.count(Counter::kMessagesOut), 3u);
  EXPECT_EQ(metrics.count(Counter::kCallsRang), 1u);
  EXPECT_EQ(metrics.count(Counter::kCallsAnswered), 1u);
  EXPECT_EQ(metrics.count(Counter::kCallsEnded, static_cast<std::size_t>(core::EndReason::kHangup)), 1u);
}

TEST_F(HubTest, CountsAnOfferThatIsRefusedAndAMessageThatBelongsToNoCall) {
  auto& anna = connect("anna");
  offer(anna, "anna");
  EXPECT_EQ(metrics.count(Counter::kOffersRefused, static_cast<std::size_t>(core::Refusal::kSelfCall)), 1u);
  answer(anna);
  EXPECT_EQ(metrics.count(Counter::kMessagesDropped, static_cast<std::size_t>(core::Drop::kNoCall)), 1u);
}

// Goal: what people say and who they are stays out of the log, at every level and on every path.
TEST_F(HubTest, LogsNothingOfPayloadsOrUsers) {
  auto& anna = connect("secret-anna");
  auto& boris = connect("secret-boris");
  connect("secret-boris");
  const auto say_it_all = [&](FakeClient& client) {
    say(client, R"({"event":"call:ice","payload":{"candidate":"secret-candidate"}})");
    say(client, R"({"event":"secret-event","payload":"secret-payload"})");
    say(client, "secret-junk");
  };
  offer(anna, "secret-nobody", "secret-sdp");
  offer(anna, "secret-anna", "secret-sdp");
  now += base::seconds(10);
  offer(anna, "secret-boris", "secret-sdp");
  say_it_all(anna);
  say_it_all(boris);
  say(boris, R"({"event":"call:answer","payload":{"sdp":"secret-sdp"}})");
  say_it_all(anna);
  hang_up(boris);
  for (int i = 0; i < 20; ++i) offer(anna, "secret-boris", "secret-sdp-again" + std::to_string(i));
  hub.shut_down(now);
  EXPECT_TRUE(log.holds("call rings"));
  EXPECT_TRUE(log.holds("call answered"));
  EXPECT_TRUE(log.holds("call ended"));
  for (const auto& line : log.lines) EXPECT_THAT(line, Not(HasSubstr("secret")));
}

TEST_F(HubTest, LogsOneLineForEachEventOfACallAndNoneForAMessage) {
  auto& anna = connect("anna");
  auto& boris = connect("boris");
  offer(anna, "boris");
  now += base::seconds(3);
  answer(boris);
  for (int i = 0; i < 100; ++i) say(anna, R"({"event":"call:ice","payload":1})");
  now += base::seconds(60);
  hang_up(anna);
  ASSERT_EQ(log.lines.size(), 3u);
  EXPECT_THAT(log.lines[0], HasSubstr("call rings call="));
  EXPECT_THAT(log.lines[0], HasSubstr("devices=1"));
  EXPECT_THAT(log.lines[1], HasSubstr("rang_ms=3000"));
  EXPECT_THAT(log.lines[2], HasSubstr("reason=hangup rang_ms=3000 talked_ms=60000"));
}

}  // namespace
}  // namespace zvonok::hub
