#include "http/client_address.hpp"

#include <algorithm>

namespace zvonok::http {
namespace {

// More hops than any chain of proxies has: behind them a client wrote what it liked.
constexpr int kHopsMax = 16;

}  // namespace

bool is_in(const std::vector<base::IpRange>& ranges, const base::IpAddress& address) {
  return std::ranges::any_of(ranges, [&](const base::IpRange& range) { return range.contains(address); });
}

base::IpAddress client_address(const Request& request, const std::vector<base::IpRange>& trusted_proxies) {
  base::IpAddress client = request.peer;
  if (!is_in(trusted_proxies, client)) return client;
  const std::string forwarded = request.joined_header("X-Forwarded-For");
  std::string_view rest = forwarded;
  for (int hop = 0; hop < kHopsMax && !rest.empty(); ++hop) {
    const auto comma = rest.rfind(',');
    std::string_view entry = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    entry.remove_prefix(std::min(entry.find_first_not_of(" \t"), entry.size()));
    entry = entry.substr(0, entry.find_last_not_of(" \t") + 1);
    const auto address = base::IpAddress::parse(entry);
    if (!address) return client;
    client = *address;
    if (!is_in(trusted_proxies, client)) return client;
  }
  return client;
}

}  // namespace zvonok::http
