#include "turn/coturn_log.hpp"

#include <charconv>
#include <utility>

namespace zvonok::turn {
namespace {

constexpr std::size_t kSessionsMax = 65'536;  // as many as there are ports

// "session 001: new, realm=<r>, username=<u>": what stands between `from` and `to`.
std::string_view between(std::string_view line, std::string_view from, std::string_view to) {
  const auto begin = line.find(from);
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin + from.size());
  return line.substr(0, std::min(line.find(to), line.size()));
}

std::uint64_t number_behind(std::string_view line, std::string_view name) {
  const auto digits = between(line, name, ",");
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string_view user_of(std::string_view username) {
  const auto colon = username.find(':');
  return colon == std::string_view::npos ? username : username.substr(colon + 1);
}

}  // namespace

void CoturnLog::read_line(std::string_view line) {
  const auto session = between(line, ": session ", ":");
  if (session.empty()) return;
  const auto in_list = between(line, "username=<", ">");
  const auto user = user_of(in_list.empty() ? between(line, " user <", ">") : in_list);
  if (user.starts_with(ignored_prefix_)) return;
  if (line.find(": new, realm=") != line.npos) {
    ++usage_.allocations;
    if (sessions_.size() < kSessionsMax) sessions_.emplace(session);
  } else if (line.find(": delete: realm=") != line.npos || line.find(": closed (") != line.npos) {
    if (const auto found = sessions_.find(session); found != sessions_.end()) sessions_.erase(found);
  } else if (line.find(": usage: realm=") != line.npos) {
    usage_.bytes_in += number_behind(line, " rb=");
    usage_.bytes_out += number_behind(line, " sb=");
  } else if (line.find("ALLOCATE processed, error 486") != line.npos) {
    ++usage_.refused_quota;
  } else if (line.find("ALLOCATE processed, error 508") != line.npos) {
    ++usage_.refused_no_port;
  } else if (!user.empty() && line.find("processed, error 401") != line.npos) {
    ++usage_.refused_login;
  }
}

RelayUsage CoturnLog::take() {
  return std::exchange(usage_, {});
}

}  // namespace zvonok::turn
