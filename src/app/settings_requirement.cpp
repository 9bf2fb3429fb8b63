#include "app/settings_requirement.hpp"

#include <algorithm>
#include <array>

#include "base/host_port.hpp"
#include "turn/urls.hpp"

namespace zvonok::app {
namespace {

constexpr std::string_view kFine;

// base::IpAddress::parse also takes a port, as proxies write one; a host or a range has none.
bool is_bare_address(std::string_view text) {
  if (text.starts_with('[') != text.ends_with(']')) return false;
  const auto address = base::IpAddress::parse(text);
  const bool v4_with_port = text.find('.') != std::string_view::npos && std::ranges::count(text, ':') == 1;
  return address && !v4_with_port;
}

bool has_blank(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

bool is_scheme(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && lower(text[0]) && std::ranges::all_of(text, [&](char c) {
    return lower(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

}  // namespace

std::string_view require_path(std::string_view text) {
  return text.empty() ? "a path, and not empty" : kFine;
}

std::string_view require_host(std::string_view text) {
  if (text.empty() || text == "localhost" || is_bare_address(text)) return kFine;
  return "an IP address of this machine without a port, or localhost; empty means every address";
}

std::string_view require_url(std::string_view text) {
  if (text.empty()) return kFine;
  for (const std::string_view scheme : {"https://", "http://"}) {
    const auto rest = text.starts_with(scheme) ? text.substr(scheme.size()) : std::string_view();
    if (!rest.empty() && rest[0] != '/' && !has_blank(rest) &&
        rest.find_first_of("?#@") == std::string_view::npos) {
      return kFine;
    }
  }
  return "a URL such as https://calls.example.com";
}

std::string_view require_https_url(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (text.empty()) return kFine;
  const auto rest = text.starts_with(kScheme) ? text.substr(kScheme.size()) : std::string_view();
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  const bool fine = !authority.empty() && authority.find('@') == authority.npos &&
                    rest.find('#') == rest.npos && !has_blank(rest);
  return fine ? kFine : "a URL such as https://login.example.com/keys.json, without user and password";
}

std::string_view require_algorithm(std::string_view text) {
  constexpr std::array<std::string_view, 4> kFamilies{"HS", "RS", "PS", "ES"};
  constexpr std::array<std::string_view, 3> kBits{"256", "384", "512"};
  const bool known = text.size() == 5 && std::ranges::find(kFamilies, text.substr(0, 2)) != kFamilies.end() &&
                     std::ranges::find(kBits, text.substr(2)) != kBits.end();
  return known ? kFine : "HS, RS, PS or ES followed by 256, 384 or 512";
}

std::string_view require_address_range(std::string_view text) {
  const bool has_port = !is_bare_address(text.substr(0, text.find('/')));
  return !has_port && base::IpRange::parse(text) ? kFine
                                                 : "an address or a range such as 10.0.0.0/8 or fd00::/8";
}

std::string_view require_origin(std::string_view text) {
  if (text == "null") return kFine;
  if (text == "*") return "an origin; leave the list empty to say nothing about origins";
  const auto colon = text.find("://");
  const bool has_scheme = colon != std::string_view::npos && is_scheme(text.substr(0, colon));
  const auto host = has_scheme ? text.substr(colon + 3) : std::string_view();
  if (host.empty() || has_blank(host) || host.find_first_of("/?#@*") != std::string_view::npos) {
    return "scheme and host without a path, such as https://app.example.com, or null";
  }
  // An Origin header is compared byte by byte, so what no browser ever sends would silently match nobody.
  if (std::ranges::any_of(host, [](char c) { return c >= 'A' && c <= 'Z'; }))
    return "in lower case, as browsers send it";
  if ((text.starts_with("https:") && text.ends_with(":443")) ||
      (text.starts_with("http:") && text.ends_with(":80"))) {
    return "without the default port, which browsers leave out";
  }
  return kFine;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  const bool bare_v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  if (bare_v6 || !is_bare_address(host)) return std::nullopt;
  const auto port = base::parse_port(digits);
  if (!port) return std::nullopt;
  return Endpoint{*base::IpAddress::parse(host), *port};
}

std::string_view require_endpoint(std::string_view text) {
  return text.empty() || parse_endpoint(text) ? kFine
                                              : "ADDRESS:PORT such as 127.0.0.1:9464 or [::1]:9464, or empty";
}

std::string_view require_turn_mode(std::string_view text) {
  return text == "managed" || text == "external" || text == "off" ? kFine : "managed, external or off";
}

std::string_view require_turn_host(std::string_view text) {
  return text.empty() || turn::is_host_name(text) || (is_bare_address(text) && !text.starts_with('['))
             ? kFine
             : "a host name in ASCII (xn--… for others) or an address without brackets and port";
}

std::string_view require_external_ip(std::string_view text) {
  return text == "auto" || is_bare_address(text) ? kFine : "auto or an IP address";
}

std::optional<PortBounds> parse_port_range(std::string_view text) {
  constexpr unsigned short kFirstAllowed = 1024;  // below are those of services
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = base::parse_port(text.substr(0, dash));
  const auto last = base::parse_port(text.substr(dash + 1));
  if (!first || !last || *first < kFirstAllowed || *last < *first) return std::nullopt;
  return PortBounds{*first, *last};
}

std::string_view require_port_range(std::string_view text) {
  return parse_port_range(text) ? kFine : "FIRST-LAST within 1024 to 65535, such as 49160-49960";
}

}  // namespace zvonok::app
