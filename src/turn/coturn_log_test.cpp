#include "turn/coturn_log.hpp"

#include <gtest/gtest.h>

namespace zvonok::turn {
namespace {

// Lines as coturn 4.6.1 writes them.
constexpr std::string_view kSession = "12: : session 001000000000000001: ";

void read(CoturnLog& log, std::string_view rest) {
  log.read_line(std::string(kSession) + std::string(rest));
}

TEST(CoturnLog, CountsAllocationsFromTheirBeginningToTheirEnd) {
  CoturnLog log("probe-");
  read(log, "realm <r> user <>: incoming packet message processed, error 401: Unauthorized");
  read(log, "new, realm=<r>, username=<1795672703:abc>, lifetime=600");
  read(log, "realm <r> user <1795672703:abc>: incoming packet ALLOCATE processed, success");
  read(log, "refreshed, realm=<r>, username=<1795672703:abc>, lifetime=600");
  EXPECT_EQ(log.allocations_now(), 1u);
  EXPECT_EQ(log.take(), (RelayUsage{.allocations = 1}));
  read(log, "usage: realm=<r>, username=<1795672703:abc>, rp=13, rb=1400, sp=13, sb=1020");
  read(log, "peer usage: realm=<r>, username=<1795672703:abc>, rp=5, rb=500, sp=5, sb=500");
  read(log,
       "closed (2nd stage), user <1795672703:abc> realm <r> origin <>, local 192.0.2.2:3478, remote "
       "192.0.2.9:43088, reason: x");
  read(log, "delete: realm=<r>, username=<1795672703:abc>");
  EXPECT_EQ(log.allocations_now(), 0u);
  EXPECT_EQ(log.take(), (RelayUsage{.bytes_in = 1400, .bytes_out = 1020}));
  EXPECT_EQ(log.take(), RelayUsage{});
}

TEST(CoturnLog, TellsRefusalsApart) {
  CoturnLog log("probe-");
  read(log, "realm <r> user <1:a>: incoming packet ALLOCATE processed, error 486: Allocation Quota Reached");
  read(log, "realm <r> user <1:a>: incoming packet ALLOCATE processed, error 508: Cannot create socket");
  read(log, "realm <r> user <1:a>: incoming packet message processed, error 508: Cannot create socket");
  read(log, "realm <r> user <1:a>: incoming packet message processed, error 401: Unauthorized");
  EXPECT_EQ(log.take(), (RelayUsage{.refused_quota = 1, .refused_no_port = 1, .refused_login = 1}));
}

TEST(CoturnLog, LeavesOurOwnProbesOut) {
  CoturnLog log("probe-");
  read(log, "new, realm=<r>, username=<1795672703:probe-5f>, lifetime=600");
  EXPECT_EQ(log.allocations_now(), 0u);
  EXPECT_EQ(log.take(), RelayUsage{});
}

TEST(CoturnLog, TakesAnyOtherLine) {
  CoturnLog log("probe-");
  for (const auto* line :
       {"", ":", "0: : session", ": session : new, realm=",
        ": session 1: usage: realm= rb=x, sb=99999999999999999999,", "socket: Protocol not supported"})
    log.read_line(line);
  EXPECT_EQ(log.take().bytes_in, 0u);
}

}  // namespace
}  // namespace zvonok::turn
