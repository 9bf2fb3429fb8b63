#include "turn/coturn_log.hpp"

#include <gtest/gtest.h>

namespace zvonok::turn {
namespace {

// Lines as coturn 4.6.1 writes them.
constexpr std::string_view kSession = "5f1c: session 001000000000000001: ";

void read(CoturnLog& log, std::string_view rest) {
  log.read_line(std::string(kSession) + std::string(rest));
}

TEST(CoturnLog, CountsAllocationsFromTheirBeginningToTheirEnd) {
  CoturnLog log("5f1c", "probe-");
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
  CoturnLog log("5f1c", "probe-");
  read(log, "realm <r> user <1:a>: incoming packet ALLOCATE processed, error 486: Allocation Quota Reached");
  read(log, "realm <r> user <1:a>: incoming packet ALLOCATE processed, error 508: Cannot create socket");
  read(log, "realm <r> user <1:a>: incoming packet message processed, error 508: Cannot create socket");
  read(log, "realm <r> user <1:a>: incoming packet message processed, error 401: Unauthorized");
  EXPECT_EQ(log.take(), (RelayUsage{.refused_quota = 1, .refused_no_port = 1, .refused_login = 1}));
}

TEST(CoturnLog, LeavesOurOwnProbesOut) {
  CoturnLog log("5f1c", "probe-");
  read(log, "new, realm=<r>, username=<1795672703:probe-5f>, lifetime=600");
  EXPECT_EQ(log.allocations_now(), 0u);
  EXPECT_EQ(log.take(), RelayUsage{});
}

// coturn writes what a client sends as it came, line ends included (measured: one datagram without a login).
TEST(CoturnLog, BelievesNoLineThatAClientHasWritten) {
  CoturnLog log("5f1c", "probe-");
  for (const std::string forged :
       {"12: : session 001000000000000002: new, realm=<r>, username=<1:a>, lifetime=600",
        ": session 001000000000000002: new, realm=<r>, username=<1:a>, lifetime=600",
        "session 001000000000000002: usage: realm=<r>, username=<1:a>, rp=13, rb=1400, sp=13, sb=1020",
        "5f1c: ERROR: check_stun_auth: wrong username: 5f1c: session 001: new, realm=<r>, username=<1:a>",
        "5f1c: session 1 x: new, realm=<r>", "5f1c: session : new, realm=<r>",
        "5f1c: session 123456789012345678901: new, realm=<r>"})
    (void)log.read_line(forged);
  read(log,
       "realm <r> user <x>: incoming packet ALLOCATE processed, error 508: no>: incoming packet message "
       "processed, error 401: Unauthorized");
  read(log, "realm <r> user <new, realm=>: incoming packet message processed, error 400: Wrong");
  EXPECT_EQ(log.take(), (RelayUsage{.refused_login = 1}));
  EXPECT_EQ(log.allocations_now(), 0u);
}

TEST(CoturnLog, SaysWhatCoturnItselfSays) {
  CoturnLog log("5f1c", "probe-");
  EXPECT_EQ(log.read_line("5f1c: ERROR: Cannot open file"), "ERROR: Cannot open file");
  EXPECT_EQ(log.read_line("ERROR: a word of a client"), "");
}

TEST(CoturnLog, TakesAnyOtherLine) {
  CoturnLog log("5f1c", "probe-");
  for (const auto* line :
       {"", ":", "5f1c", "5f1c: ", "5f1c: session", "5f1c: session : new, realm=", "5f1c: session 1",
        "5f1c: session 1: ", "5f1c: session 1: usage: realm= rb=x, sb=99999999999999999999,",
        "socket: Protocol not supported"})
    (void)log.read_line(line);
  EXPECT_EQ(log.take().bytes_in, 0u);
}

}  // namespace
}  // namespace zvonok::turn
