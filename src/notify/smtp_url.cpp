#include "notify/smtp_url.hpp"

#include <algorithm>

#include "base/host_port.hpp"
#include "base/ip_address.hpp"
#include "fetch/control_characters.hpp"

namespace zvonok::notify {
namespace {

using fetch::StartTls;

bool is_host(std::string_view host) {
  if (host.starts_with('[')) return host.ends_with(']') && base::IpAddress::parse(host).has_value();
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

bool is_this_machine(std::string_view host) {
  const auto address = base::IpAddress::parse(host);
  return host == "localhost" || (address && address->is_loopback());
}

std::optional<unsigned> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '%') {
      const auto high = text.size() >= 2 ? hex_value(text[0]) : std::nullopt;
      const auto low = text.size() >= 2 ? hex_value(text[1]) : std::nullopt;
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high * 16 + *low);
      text.remove_prefix(2);
    }
    decoded += c;
  }
  if (fetch::has_control_character(decoded)) return std::nullopt;
  return decoded;
}

bool read_login(std::string_view login, SmtpServer& server) {
  const auto colon = login.find(':');
  const auto user = percent_decoded(login.substr(0, colon));
  const auto password = percent_decoded(colon == login.npos ? std::string_view() : login.substr(colon + 1));
  if (!user || user->empty() || !password) return false;
  server.user = *user;
  server.password = base::Redacted(*password);
  return true;
}

/// Of smtp:// by what the query says; without one it depends on where the server is.
std::optional<StartTls> start_tls_of(std::string_view query, std::string_view host) {
  if (query.empty()) return is_this_machine(host) ? StartTls::kNone : StartTls::kRequired;
  if (query == "tls=none") return StartTls::kNone;
  if (query == "tls=starttls") return StartTls::kRequired;
  return std::nullopt;
}

}  // namespace

std::optional<SmtpServer> read_smtp_url(std::string_view url) {
  const bool tls = url.starts_with("smtps://");
  if (!tls && !url.starts_with("smtp://")) return std::nullopt;
  const auto rest = url.substr(tls ? 8 : 7);
  const auto question = rest.find('?');
  const auto query = question == rest.npos ? std::string_view() : rest.substr(question + 1);
  auto authority = rest.substr(0, question);
  if (authority.ends_with('/')) authority.remove_suffix(1);

  SmtpServer server;
  const auto at = authority.rfind('@');
  if (at != authority.npos) {
    if (!read_login(authority.substr(0, at), server)) return std::nullopt;
    authority.remove_prefix(at + 1);
  }
  const auto [host, port] = base::split_host_port(authority);
  if (!is_host(host) || (port && !base::parse_port(*port))) return std::nullopt;
  if (tls && !query.empty()) return std::nullopt;
  const auto start_tls = tls ? StartTls::kRequired : start_tls_of(query, host);
  if (!start_tls) return std::nullopt;
  server.start_tls = *start_tls;
  server.url = (tls ? "smtps://" : "smtp://") + std::string(host) + ":" +
               std::string(port.value_or(tls ? std::string_view("465") : std::string_view("587")));
  return server;
}

std::string_view smtp_url_problem(std::string_view url) {
  if (read_smtp_url(url)) return {};
  return "a URL such as smtps://USER:PASSWORD@mail.example.org or smtp://localhost:25, what is special in "
         "user and "
         "password written as %XX, and after smtp:// perhaps ?tls=none or ?tls=starttls at its end";
}

}  // namespace zvonok::notify
