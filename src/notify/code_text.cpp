#include "notify/code_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/host_port.hpp"
#include "base/ip_address.hpp"

namespace zvonok::notify {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return result;
}

/// 1 минута, 2 минуты, 5 минут, 11 минут, 21 минута: whatever comes after "действует".
std::string russian_minutes(std::int64_t count) {
  constexpr std::array<const char*, 10> kWords{"минут", "минуту", "минуты", "минуты", "минуты",
                                               "минут", "минут",  "минут",  "минут",  "минут"};
  const bool teen = count / 10 % 10 == 1;
  return std::to_string(count) + " " + (teen ? kWords[0] : kWords[static_cast<std::size_t>(count % 10)]);
}

std::string english_minutes(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " minute" : " minutes");
}

std::int64_t minutes_of(const Service& service) {
  return std::chrono::floor<base::minutes>(service.code_life).count();
}

}  // namespace

Service service_of(std::string_view public_url) {
  const auto scheme_end = public_url.find("://");
  if (scheme_end == public_url.npos) return {.name = "zvonok", .web_host = {}};
  const auto rest = public_url.substr(scheme_end + 3);
  const std::string host = lower(base::split_host_port(rest.substr(0, rest.find_first_of("/?#"))).host);
  if (host.empty()) return {.name = "zvonok", .web_host = {}};
  const bool page = lower(public_url.substr(0, scheme_end)) == "https" && !base::IpAddress::parse(host);
  return {.name = host, .web_host = page ? host : std::string()};
}

MailWords mail_words(const Service& service, ports::Language language, std::string_view code) {
  const std::string& name = service.name;
  const std::string digits(code);
  if (language == ports::Language::kRussian) {
    return {.subject = "Код для входа: " + name,
            .body = digits + " — код для входа в " + name + ".\n\nОн действует " +
                    russian_minutes(minutes_of(service)) +
                    " и только один раз.\nНикому его не сообщайте, даже если вас просят от имени " + name +
                    ".\nЕсли вы его не запрашивали, ничего не делайте: без кода никто не войдёт.\n"};
  }
  return {.subject = "Your login code for " + name,
          .body = digits + " is your login code for " + name + ".\n\nIt works once, within " +
                  english_minutes(minutes_of(service)) +
                  ".\nNever tell it to anybody, not even to somebody who asks in the name of " + name +
                  ".\nIf you did not ask for it, do nothing: without the code nobody gets in.\n"};
}

std::string sms_text(const Service& service, ports::Language language, std::string_view code) {
  const bool russian = language == ports::Language::kRussian;
  const std::string digits(code), minutes = std::to_string(minutes_of(service));
  const std::string facts = digits + (russian ? ", " + minutes + " мин. Никому не говорите."
                                              : ", valid " + minutes + " min. Never tell it to anybody.");
  if (service.web_host.empty()) return service.name + (russian ? ": код " : ": code ") + facts;
  return (russian ? "Код " : "Login code ") + facts + "\n@" + service.web_host + " #" + digits;
}

}  // namespace zvonok::notify
