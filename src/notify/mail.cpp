#include "notify/mail.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "fetch/control_characters.hpp"
#include "notify/base64.hpp"

namespace zvonok::notify {
namespace {

constexpr std::string_view kNewLine = "\r\n";

bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}
bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string two_digits(unsigned number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

/// RFC 5322 section 3.3, in UTC. Not by strftime, which would write it in the language of the machine.
std::string date_text(base::WallTime time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_time<base::Duration> utc(time.time_since_epoch());
  const auto day = std::chrono::floor<std::chrono::days>(utc);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(utc - day);
  const auto part = [](auto count) { return two_digits(static_cast<unsigned>(count)); };
  return std::string(kDays[std::chrono::weekday(day).c_encoding()]) + ", " +
         std::to_string(static_cast<unsigned>(date.day())) + " " +
         kMonths[static_cast<unsigned>(date.month()) - 1] + " " +
         std::to_string(static_cast<int>(date.year())) + " " + part(clock.hours().count()) + ":" +
         part(clock.minutes().count()) + ":" + part(clock.seconds().count()) + " +0000";
}

/// As encoded words (RFC 2047 section 2), one a line: each within 75 bytes, a line within 76, no letter cut
/// in two.
std::string encoded_words(std::string_view text) {
  constexpr std::size_t kBytesMax =
      39;  // 52 in base64, 64 with what is around; the longest header name comes before
  std::string words;
  while (!text.empty()) {
    std::size_t cut = std::min(kBytesMax, text.size());
    while (cut > 1 && cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u) --cut;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + base64(text.substr(0, cut)) + "?=";
    text.remove_prefix(cut);
  }
  return words;
}

/// Plain text may stand as it is, but for what looks like an encoded word or makes the line too long.
std::string encoded_text(std::string_view text) {
  constexpr std::size_t kPlainMax = 60;
  const bool plain =
      text.size() <= kPlainMax && std::ranges::all_of(text, is_plain) && text.find("=?") == text.npos;
  return plain ? std::string(text) : encoded_words(text);
}

std::string from_text(const Mailbox& from) {
  if (from.name.empty()) return from.address;
  const bool plain = std::ranges::all_of(from.name, [](char c) { return is_letter_or_digit(c) || c == ' '; });
  const std::string name = plain && from.name.size() <= 60 ? from.name : encoded_words(from.name);
  return name + "\r\n <" + from.address + ">";
}

/// Of text its line ends are CRLF before it is encoded (RFC 2045 section 6.8).
std::string encoded_body(std::string_view body) {
  constexpr std::size_t kLineMax = 76;
  std::string text;
  for (const char c : body) text += c == '\n' ? std::string(kNewLine) : std::string(1, c);
  const std::string letters = base64(text);
  std::string lines;
  for (std::size_t at = 0; at < letters.size(); at += kLineMax)
    lines += letters.substr(at, kLineMax) += kNewLine;
  return lines;
}

}  // namespace

base::Result<std::string, std::string_view> mail_text(const MailParts& parts) {
  using Problem = base::Unexpected<std::string_view>;
  if (!is_mail_address(parts.to)) return Problem{"the address is none that a mail can be sent to"};
  if (!is_mail_address(parts.from.address)) return Problem{"login.smtp.from is no address"};
  if (fetch::has_control_character(parts.from.name))
    return Problem{"login.smtp.from holds a control character"};
  if (fetch::has_control_character(parts.subject)) return Problem{"the subject holds a control character"};
  const bool good_id = !parts.id.empty() && std::ranges::all_of(parts.id, [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_';
  });
  if (!good_id) return Problem{"the mail has no id"};

  const std::string& from = parts.from.address;
  std::string text;
  const auto header = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append(kNewLine);
  };
  header("Date", date_text(parts.date));
  header("From", from_text(parts.from));
  header("To", parts.to);
  header("Message-ID", "<" + std::string(parts.id) + from.substr(from.find('@')) + ">");
  header("Subject", encoded_text(parts.subject));
  header("Auto-Submitted", "auto-generated");  // RFC 3834 section 5: nobody's holiday notice shall answer it
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "base64");
  return text.append(kNewLine).append(encoded_body(parts.body));
}

}  // namespace zvonok::notify
