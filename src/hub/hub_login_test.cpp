// What becomes of connections and calls when a login ends.
#include "hub/test_clients.hpp"

namespace zvonok::hub {
namespace {

using namespace testing;
using protocol::CloseReason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HubLoginTest : public HubTest {
 protected:
  /// Connects with a token of that session.
  FakeClient& log_in(std::string user, std::string login) {
    FakeClient& client = *clients.emplace_back(std::make_unique<FakeClient>());
    ports::Identity identity;
    identity.user = std::move(user);
    identity.session = std::move(login);
    hub.open(client.session, identity, now);
    return client;
  }
  void end(std::string_view login) { hub.end_login(login, now); }
  std::int64_t devices() {
    hub.report_gauges();
    return metrics.gauge(ports::Gauge::kDevices);
  }
};

TEST_F(HubLoginTest, ClosesNobodyForALoginThatNobodyHas) {
  auto& anna = log_in("anna", "annas");
  auto& boris = connect("boris");
  for (const auto* login : {"", "other", "anna", "Annas", "annas "}) end(login);
  EXPECT_FALSE(anna.closed());
  EXPECT_FALSE(boris.closed()) << "a token of another backend names no login";
  EXPECT_EQ(devices(), 2);
}

TEST_F(HubLoginTest, ClosesEveryConnectionOfTheLoginAndNoOther) {
  auto& tab = log_in("anna", "annas laptop");
  auto& phone = log_in("anna", "annas phone");
  auto& other_tab = log_in("anna", "annas laptop");
  auto& boris = log_in("boris", "boris");
  end("annas laptop");
  EXPECT_THAT(tab.closes, ElementsAre(CloseReason::kSessionEnded));
  EXPECT_THAT(other_tab.heard, ElementsAre("closed 4010"));
  EXPECT_FALSE(phone.closed());
  EXPECT_FALSE(boris.closed());
  EXPECT_EQ(devices(), 2);
}

TEST_F(HubLoginTest, EndsACallAndTellsTheOtherSide) {
  auto& anna = log_in("anna", "annas");
  auto& boris = log_in("boris", "boris");
  offer(anna, "boris");
  answer(boris);
  boris.heard.clear();
  end("annas");
  EXPECT_THAT(boris.heard, ElementsAre(HasSubstr("call:hangup")));
  EXPECT_EQ(anna.heard.back(), "closed 4010");
  offer(boris, "anna");
  EXPECT_THAT(boris.heard, ElementsAre(HasSubstr("call:hangup"), HasSubstr("call:hangup")))
      << "she is not here any more";
}

TEST_F(HubLoginTest, StopsTheRingingOfItsOffers) {
  auto& anna = log_in("anna", "annas");
  auto& boris = connect("boris");
  offer(anna, "boris");
  boris.heard.clear();
  end("annas");
  EXPECT_THAT(boris.heard, ElementsAre(HasSubstr("call:hangup")));
}

TEST_F(HubLoginTest, GoesOnRingingTheOtherDevicesOfWhoIsCalled) {
  auto& laptop = log_in("anna", "laptop");
  auto& phone = log_in("anna", "phone");
  auto& boris = connect("boris");
  offer(boris, "anna");
  end("laptop");
  EXPECT_TRUE(laptop.closed());
  EXPECT_FALSE(phone.closed());
  EXPECT_THAT(boris.heard, IsEmpty()) << "it rings on";
  answer(phone);
  EXPECT_THAT(boris.heard, ElementsAre(HasSubstr("call:answer")));
}

TEST_F(HubLoginTest, ClosesOnceAndHearsNothingMoreFromWhomItClosed) {
  auto& anna = log_in("anna", "annas");
  auto& boris = connect("boris");
  end("annas");
  end("annas");
  offer(anna, "boris");
  hub.token_expired(anna.session);
  hub.close(anna.session, now);
  EXPECT_THAT(anna.heard, ElementsAre("closed 4010"));
  EXPECT_THAT(boris.heard, IsEmpty());
  EXPECT_EQ(devices(), 1);
}

TEST_F(HubLoginTest, EndsALoginOnBothSidesOfACall) {
  auto& caller = log_in("anna", "shared");
  auto& called = log_in("boris", "shared");
  offer(caller, "boris");
  answer(called);
  end("shared");
  EXPECT_EQ(caller.heard.back(), "closed 4010");
  EXPECT_EQ(called.heard.back(), "closed 4010");
  EXPECT_EQ(devices(), 0);
}

TEST_F(HubLoginTest, ForgetsTheLoginOfAPlaceThatSomebodyElseHasNow) {
  auto& anna = log_in("anna", "annas");
  hub.close(anna.session, now);
  auto& boris = log_in("boris", "boris");
  end("annas");
  EXPECT_FALSE(boris.closed());
  EXPECT_EQ(devices(), 1);
}

}  // namespace
}  // namespace zvonok::hub
