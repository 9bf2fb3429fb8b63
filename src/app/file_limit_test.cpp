// Goal: the limit of open files becomes a number of connections, or a sentence that says what to do.
// Method: limits cannot be raised again, so each case runs in a child of its own, which says what it found.
#include "app/file_limit.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

namespace zvonok::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// "N connections, limit M", or the error.
std::string found(rlim_t soft, rlim_t hard, std::int64_t wanted) {
  const rlimit limit{soft, hard};
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return "the test could not set its limit";
  const auto allowed = connections_allowed(wanted);
  rlimit now{};
  ::getrlimit(RLIMIT_NOFILE, &now);
  if (!allowed) return allowed.error();
  return std::to_string(*allowed) + " connections, limit " + std::to_string(now.rlim_cur);
}

std::string in_a_child(rlim_t soft, rlim_t hard, std::int64_t wanted = 0) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "the test could not make a pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const auto text = found(soft, hard, wanted);
    const bool told = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text(1'000, '\0');
  const auto got = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

TEST(FileLimit, RaisesTheSoftLimitToTheHardOne) {
  EXPECT_EQ(in_a_child(300, 2'000), "1744 connections, limit 2000");
  EXPECT_EQ(in_a_child(2'000, 2'000), "1744 connections, limit 2000");
}

TEST(FileLimit, TakesWhatIsWantedWhenThereIsRoom) {
  EXPECT_EQ(in_a_child(300, 2'000, 1'000), "1000 connections, limit 2000");
  EXPECT_EQ(in_a_child(300, 2'000, 1'744), "1744 connections, limit 2000");
}

TEST(FileLimit, RefusesMoreThanThereIsRoomFor) {
  EXPECT_THAT(in_a_child(300, 2'000, 1'745), AllOf(HasSubstr("limits.connections is 1745"),
                                                   HasSubstr("allows 1744"), HasSubstr("ulimit -n")));
}

TEST(FileLimit, RefusesToServeNobody) {
  EXPECT_THAT(in_a_child(271, 271), AllOf(HasSubstr("limit of open files is 271"), HasSubstr("LimitNOFILE")));
  EXPECT_THAT(in_a_child(100, 100), HasSubstr("no room"));
  EXPECT_EQ(in_a_child(272, 272), "16 connections, limit 272");
}

}  // namespace
}  // namespace zvonok::app
