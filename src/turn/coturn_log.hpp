// What coturn's log says of its use. Its lines hold names and addresses; only counts leave this file.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace zvonok::turn {

/// Since the last take().
struct RelayUsage {
  std::uint64_t allocations = 0;
  std::uint64_t refused_quota = 0;            // 486: one user's turn.user_quota
  std::uint64_t refused_no_port = 0;          // 508: turn.relay_ports are used up
  std::uint64_t refused_login = 0;            // 401 with a name: a wrong or expired credential
  std::uint64_t bytes_in = 0, bytes_out = 0;  // from and to clients; told late, when a session ends
  friend bool operator==(const RelayUsage&, const RelayUsage&) = default;
};

class CoturnLog {
 public:
  /// `mark`: how coturn's lines begin (CoturnSettings::log_mark); what clients send stands in others.
  /// `ignored_prefix`: how the part behind the colon begins in names that are not counted.
  CoturnLog(std::string mark, std::string ignored_prefix)
      : mark_(std::move(mark) + ": "), ignored_prefix_(std::move(ignored_prefix)) {}

  /// Without its end. Returns what coturn itself says in it, without the mark; nothing for the words of a
  /// client.
  std::string_view read_line(std::string_view line);
  RelayUsage take();
  /// Of a relay that has ended: nobody tells that its allocations have.
  void forget_allocations() { sessions_.clear(); }
  std::size_t allocations_now() const { return sessions_.size(); }

 private:
  void read_session(std::string_view session, std::string_view text);

  const std::string mark_;
  const std::string ignored_prefix_;
  RelayUsage usage_;
  std::set<std::string, std::less<>> sessions_;  // with an allocation; bounded by the relay ports
};

}  // namespace zvonok::turn
