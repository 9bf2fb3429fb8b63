#include "notify/log_sender.hpp"

#include <gmock/gmock.h>

#include "ports/code_sender_contract.hpp"
#include "ports/fake_log.hpp"

namespace zvonok::notify {
namespace {

struct Desk {
  static constexpr bool kLogsCodes = true;
  ports::CodeSender& sender() { return log_sender; }
  static ports::AddressKind kind() { return ports::AddressKind::kEmail; }
  static bool break_it() { return false; }
  void run_loop_once() { FAIL() << "it answers at once"; }
  std::size_t sent() { return log.lines.size(); }
  static std::string told() { return {}; }
  ports::FakeLog log;
  LogSender log_sender{log};
};

TEST(LogSender, WritesTheCodeAtInfo) {
  Desk desk;
  desk.log_sender.send({.kind = ports::AddressKind::kEmail,
                        .address = "anna@example.com",
                        .code = base::Redacted(std::string("493817")),
                        .language = ports::Language::kEnglish},
                       [](const ports::CodeSent& sent) { EXPECT_TRUE(sent); });
  EXPECT_THAT(
      desk.log.lines,
      ::testing::ElementsAre("login code, written here because of --dev for=anna@example.com code=493817"));
  EXPECT_EQ(desk.log.levels.front(), ports::LogLevel::kInfo);
}

}  // namespace
}  // namespace zvonok::notify

namespace zvonok::ports {
INSTANTIATE_TYPED_TEST_SUITE_P(Log, CodeSenderContract, notify::Desk);
}  // namespace zvonok::ports
