#include "app/log_sink.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <regex>

namespace zvonok::app {
namespace {

using ports::LogLevel;

struct Output {
  std::string out;
  std::string err;
};

// What the process writes while `action` runs.
Output output_of(const std::function<void()>& action) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  action();
  Output output;
  output.out = ::testing::internal::GetCapturedStdout();
  output.err = ::testing::internal::GetCapturedStderr();
  return output;
}

TEST(StderrLog, WritesALineWithTheTimeInUtc) {
  const auto output = output_of([] {
    StderrLog log(LogLevel::kInfo, LogFormat::kText);
    log.write(LogLevel::kInfo, "call ended", {{"reason", std::string_view("hangup")}});
  });
  EXPECT_TRUE(std::regex_match(
      output.err, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info call ended reason=hangup\n)")))
      << output.err;
  EXPECT_EQ(output.out, "");
}

TEST(StderrLog, WritesOneJsonObjectALine) {
  const auto output = output_of([] {
    StderrLog log(LogLevel::kInfo, LogFormat::kJson);
    log.write(LogLevel::kWarn, "refused", {{"count", std::int64_t{3}}});
    log.write(LogLevel::kWarn, "refused", {{"what", std::string_view("a\nb")}});
  });
  const std::string time = R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",)";
  EXPECT_TRUE(std::regex_match(output.err,
                               std::regex(time + R"("level":"warn","text":"refused","count":3\}\n)" + time +
                                          R"("level":"warn","text":"refused","what":"a\\nb"\}\n)")))
      << output.err;
}

TEST(StderrLog, WritesNothingBelowItsLevel) {
  const auto output = output_of([] {
    StderrLog log(LogLevel::kWarn, LogFormat::kText);
    EXPECT_FALSE(log.enabled(LogLevel::kDebug));
    EXPECT_FALSE(log.enabled(LogLevel::kInfo));
    EXPECT_TRUE(log.enabled(LogLevel::kWarn));
    EXPECT_TRUE(log.enabled(LogLevel::kError));
    log.write(LogLevel::kDebug, "quiet");
    log.write(LogLevel::kInfo, "quiet");
    log.write(LogLevel::kError, "loud");
  });
  EXPECT_THAT(output.err, ::testing::EndsWith("Z error loud\n"));
  EXPECT_THAT(output.err, ::testing::Not(::testing::HasSubstr("quiet")));
}

TEST(StderrLog, TakesNothingInAValueForAPattern) {
  const auto output = output_of([] {
    StderrLog log(LogLevel::kInfo, LogFormat::kText);
    log.write(LogLevel::kInfo, "100 % {}", {{"k", std::string_view("%v{}{0}%Y")}});
  });
  EXPECT_THAT(output.err, ::testing::EndsWith("Z info 100 % {} k=%v{}{0}%Y\n"));
}

// The event loop writes the log: a reader that has stopped must not stop it.
TEST(StderrLog, LosesLinesRatherThanWaitForAReader) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const int real = ::dup(STDERR_FILENO);
  ASSERT_GE(::dup2(ends[1], STDERR_FILENO), 0);
  StderrLog log(LogLevel::kInfo, LogFormat::kText);
  const std::string value(200, 'x');
  for (int i = 0; i < 1'000; ++i) log.write(LogLevel::kInfo, "a line", {{"value", std::string_view(value)}});
  std::string read(1'000'000, '\0');
  const auto before = ::read(ends[0], read.data(), read.size());
  log.write(LogLevel::kInfo, "after");
  const auto after = ::read(ends[0], read.data(), read.size());
  ASSERT_GE(::dup2(real, STDERR_FILENO), 0);
  for (const int file : {ends[0], ends[1], real}) ::close(file);
  EXPECT_GT(before, 0);
  read.resize(static_cast<std::size_t>(std::max<ssize_t>(after, 0)));
  EXPECT_TRUE(
      std::regex_search(read, std::regex(R"(warn log lines were lost: .* lines=\d+\n.* info after\n$)")))
      << read;
}

TEST(StderrLog, AnnouncesThePortWithTheOriginalsLineAlone) {
  const auto output = output_of([] { StderrLog(LogLevel::kError, LogFormat::kText).announce(3001); });
  EXPECT_EQ(output.out, "Backend running on port 3001 (HTTP + WebSocket /ws)\n");
  EXPECT_EQ(output.err, "");
}

TEST(StderrLog, AnnouncesThePortAsAJsonLineLikeTheOthers) {
  const auto output = output_of([] { StderrLog(LogLevel::kError, LogFormat::kJson).announce(8080); });
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(
      output.err,
      ::testing::EndsWith(
          "Z\",\"level\":\"info\",\"text\":\"Backend running on port 8080 (HTTP + WebSocket /ws)\"}\n"));
}

}  // namespace
}  // namespace zvonok::app
