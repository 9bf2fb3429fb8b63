#include "turn/coturn_log.hpp"

#include <algorithm>
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

std::string_view CoturnLog::read_line(std::string_view line) {
  constexpr std::string_view kSession = "session ";
  constexpr std::size_t kDigitsMax = 20;
  if (!line.starts_with(mark_)) return {};
  line.remove_prefix(mark_.size());
  if (!line.starts_with(kSession)) return line;
  const auto end = std::min(line.find(": "), line.size());
  const auto session = line.substr(kSession.size(), end - kSession.size());
  const bool is_number = !session.empty() && session.size() <= kDigitsMax &&
                         session.find_first_not_of("0123456789") == session.npos;
  if (is_number && end < line.size()) read_session(session, line.substr(end + 2));
  return line;
}

// What a client has chosen stands between <>, and may hold anything: the words of coturn are before or behind
// it.
void CoturnLog::read_session(std::string_view session, std::string_view text) {
  constexpr std::string_view kPacket = ": incoming packet ";
  const auto in_list = between(text, "username=<", ">");
  const auto user = user_of(in_list.empty() ? between(text, " user <", ">") : in_list);
  if (user.starts_with(ignored_prefix_)) return;
  const auto packet = text.rfind(kPacket);
  const auto outcome = packet == text.npos ? std::string_view() : text.substr(packet + kPacket.size());
  if (text.starts_with("new, realm=")) {
    ++usage_.allocations;
    if (sessions_.size() < kSessionsMax) sessions_.emplace(session);
  } else if (text.starts_with("delete: realm=") || text.starts_with("closed (")) {
    if (const auto found = sessions_.find(session); found != sessions_.end()) sessions_.erase(found);
  } else if (text.starts_with("usage: realm=")) {
    usage_.bytes_in += number_behind(text, " rb=");
    usage_.bytes_out += number_behind(text, " sb=");
  } else if (outcome.starts_with("ALLOCATE processed, error 486")) {
    ++usage_.refused_quota;
  } else if (outcome.starts_with("ALLOCATE processed, error 508")) {
    ++usage_.refused_no_port;
  } else if (!user.empty() && outcome.starts_with("message processed, error 401")) {
    ++usage_.refused_login;
  }
}

RelayUsage CoturnLog::take() {
  return std::exchange(usage_, {});
}

}  // namespace zvonok::turn
