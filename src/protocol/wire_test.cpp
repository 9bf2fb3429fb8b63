// The generated tables are what the code that reads them takes for granted.
#include <gtest/gtest.h>

#include <set>

#include "protocol/frame.hpp"
#include "protocol/wire.gen.hpp"

namespace zvonok::protocol {
namespace {

TEST(Wire, NamesEachEventOnce) {
  EXPECT_EQ(name(Event::kOffer), "call:offer");
  EXPECT_EQ(name(Event::kAnswer), "call:answer");
  EXPECT_EQ(name(Event::kIce), "call:ice");
  EXPECT_EQ(name(Event::kHangup), "call:hangup");
  EXPECT_EQ(kEventNames.size(), 4U);
  EXPECT_EQ(std::set(kEventNames.begin(), kEventNames.end()).size(), kEventNames.size());
}

TEST(Wire, HasEventNamesWithinTheirLimit) {
  for (const auto event : kEventNames) {
    EXPECT_LE(event.size(), static_cast<std::size_t>(info(Limit::kEventBytes).default_value)) << event;
  }
}

TEST(Wire, ClosesWithTheCodesOfTheProtocol) {
  EXPECT_EQ(code(CloseReason::kNormal), 1000);
  EXPECT_EQ(code(CloseReason::kProtocolError), 1002);
  EXPECT_EQ(code(CloseReason::kInvalidUtf8), 1007);
  EXPECT_EQ(code(CloseReason::kPolicy), 1008);
  EXPECT_EQ(code(CloseReason::kTooLarge), 1009);
  EXPECT_EQ(code(CloseReason::kRestarting), 1012);
  EXPECT_EQ(code(CloseReason::kUnauthorized), 4001);
  EXPECT_EQ(code(CloseReason::kTokenExpired), 4001);
  EXPECT_EQ(code(CloseReason::kTooSlow), 4008);
  EXPECT_EQ(code(CloseReason::kTooMany), 4029);
}

// The front end of the original compares this text.
TEST(Wire, RefusesATokenInTheWordOfTheOriginal) {
  EXPECT_EQ(reason(CloseReason::kUnauthorized), "Unauthorized");
}

TEST(Wire, ClosesOnlyWithFramesThatAClientMayGet) {
  for (const auto& [code, reason] : kCloseReasons) {
    EXPECT_TRUE(is_valid_close_code(code)) << code;
    EXPECT_LE(reason.size(), 123U) << reason;
  }
}

TEST(Wire, HasADefaultForEachLimitInItsRange) {
  std::set<std::string_view> names;
  for (const auto& limit : kLimits) {
    EXPECT_TRUE(names.insert(limit.name).second) << limit.name;
    EXPECT_LE(limit.min, limit.default_value) << limit.name;
    EXPECT_LE(limit.default_value, limit.max) << limit.name;
    EXPECT_GE(limit.min, 0) << limit.name;
    EXPECT_EQ(limit.fixed, limit.min == limit.max) << limit.name;
    EXPECT_FALSE(limit.unit.empty() || limit.about.empty() || limit.reason.empty()) << limit.name;
  }
}

TEST(Wire, FindsALimitByItsName) {
  EXPECT_EQ(info(Limit::kMessageBytes).name, "message_bytes");
  EXPECT_EQ(info(Limit::kQueueBytes).name, "queue_bytes");
  EXPECT_EQ(info(Limit::kAddressBadTokensPerMin).name, "address_bad_tokens_per_min");
}

// A thousand candidates in a burst, each of the usual size, wait for a client that reads a moment later.
TEST(Wire, QueuesAtLeastThreeLargestMessages) {
  EXPECT_GE(info(Limit::kQueueBytes).default_value, 3 * info(Limit::kMessageBytes).default_value);
}

}  // namespace
}  // namespace zvonok::protocol
