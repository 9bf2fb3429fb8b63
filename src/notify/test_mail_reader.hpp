// Reads a mail back as its receiver's program does: lines, headers unfolded, encoded words and the body
// decoded.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace zvonok::notify {

/// Stops at what is not of its alphabet.
inline std::string from_base64(std::string_view letters) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, held = 0;
  for (const char c : letters) {
    const auto value = kAlphabet.find(c);
    if (value == kAlphabet.npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    held += 6;
    if (held >= 8) bytes += static_cast<char>(bits >> (held -= 8) & 255u);
  }
  return bytes;
}

/// RFC 2047: encoded words, between which blanks count for nothing.
inline std::string from_words(std::string_view text) {
  constexpr std::string_view kBegin = "=?UTF-8?B?", kEnd = "?=";
  std::string decoded;
  bool after_word = false;
  while (!text.empty()) {
    const auto begin = text.find(kBegin);
    const auto plain = text.substr(0, begin);
    if (!after_word || plain.find_first_not_of(' ') != plain.npos) decoded += plain;
    if (begin == text.npos) break;
    text.remove_prefix(begin + kBegin.size());
    const auto end = text.find(kEnd);
    decoded += from_base64(text.substr(0, end));
    text.remove_prefix(end + kEnd.size());
    after_word = true;
  }
  return decoded;
}

struct ReadMail {
  std::vector<std::string> lines;              // all, without their CRLF
  std::map<std::string, std::string> headers;  // decoded
  std::string body;                            // decoded
};

inline ReadMail read_mail(std::string_view text) {
  ReadMail mail;
  EXPECT_TRUE(text.ends_with("\r\n"));
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    mail.lines.emplace_back(text.substr(0, end));
    EXPECT_EQ(mail.lines.back().find_first_of("\r\n"), std::string::npos) << "a line ends by half";
    text.remove_prefix(end + 2);
  }
  std::vector<std::string> unfolded;
  std::size_t at = 0;
  for (; at < mail.lines.size() && !mail.lines[at].empty(); ++at) {
    if (mail.lines[at].starts_with(' ') && !unfolded.empty()) {
      unfolded.back() += mail.lines[at];
    } else {
      unfolded.push_back(mail.lines[at]);
    }
  }
  for (const std::string& header : unfolded) {
    const auto colon = header.find(": ");
    EXPECT_TRUE(mail.headers.emplace(header.substr(0, colon), from_words(header.substr(colon + 2))).second)
        << "twice: " << header;
  }
  std::string letters;
  for (++at; at < mail.lines.size(); ++at) letters += mail.lines[at];
  mail.body = from_base64(letters);
  return mail;
}

}  // namespace zvonok::notify
