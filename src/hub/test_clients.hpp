// A hub with clients for tests: each client keeps what it hears as text, in order.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/hub.hpp"
#include "ports/fake_log.hpp"
#include "ports/fake_metrics.hpp"
#include "protocol/frame.hpp"

namespace zvonok::hub::testing {

using Words = std::vector<std::string>;

/// One browser. Text that it hears stands as it was sent; "closed 4001" stands for a close.
// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): nothing derives from it
class FakeClient final : public ClientLink {
 public:
  FakeClient() : session(*this) {}

  void send(const protocol::OutgoingText& text) override {
    EXPECT_FALSE(closed()) << "sent after the close";
    std::string whole;
    for (const auto part : text.parts) whole += part;
    heard.push_back(std::move(whole));
  }
  void close(protocol::CloseReason reason) override {
    closes.push_back(reason);
    heard.push_back("closed " + std::to_string(protocol::code(reason)));
  }
  bool closed() const { return !closes.empty(); }

  Words heard;
  std::vector<protocol::CloseReason> closes;
  Session session;
};

inline Settings settings() {
  return {.core = {.calls = {},
                   .offers = {.caller = base::Rate::per(20, base::minutes(1), 10),
                              .pair = base::Rate::per(6, base::minutes(1), 6),
                              .pair_long_term = base::Rate::per(30, base::hours(1), 30)},
                   .devices_per_user = 16},
          .payload_keys = 256,
          .messages = base::Rate::per(100, base::seconds(1), 2'000),
          .invalid_messages = base::Rate::per(1'000, base::minutes(1), 1'000),
          .throttled_max = base::seconds(60)};
}

class HubTest : public ::testing::Test {
 protected:
  /// Connects; sessions must stay where they are, so clients live until the test's end.
  FakeClient& connect(std::string user, ports::IdForm form = ports::IdForm::kString) {
    FakeClient& client = *clients.emplace_back(std::make_unique<FakeClient>());
    hub.open(client.session, {.user = std::move(user), .form = form, .expires_at = std::nullopt}, now);
    return client;
  }

  /// As the transport hands it on: with readable bytes behind it.
  base::Duration say(FakeClient& client, std::string_view text) {
    std::string padded(text);
    padded.append(protocol::kReadablePadding, '\xee');
    return hub.message(client.session, std::string_view(padded).substr(0, text.size()), now);
  }
  base::Duration offer(FakeClient& client, std::string_view to, std::string_view sdp = "v=0") {
    return say(client, R"({"event":"call:offer","payload":{"sdp":")" + std::string(sdp) + R"(","userId":")" +
                           std::string(to) + "\"}}");
  }
  base::Duration answer(FakeClient& client) {
    return say(client, R"({"event":"call:answer","payload":{"sdp":"v=1"}})");
  }
  base::Duration hang_up(FakeClient& client) { return say(client, R"({"event":"call:hangup"})"); }

  base::MonoTime now{base::hours(1)};
  ports::FakeLog log;
  ports::FakeMetrics metrics;
  Hub hub{settings(), log, metrics};
  std::vector<std::unique_ptr<FakeClient>> clients;
};

inline constexpr std::string_view kHangup = R"({"event":"call:hangup"})";

}  // namespace zvonok::hub::testing
