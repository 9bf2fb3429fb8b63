#include "protocol/utf8.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

namespace zvonok::protocol {
namespace {

// The definition, spelled differently from the code under test: a letter is valid when decoding gives a
// character that is no surrogate and whose shortest form has that many bytes (RFC 3629 section 3). Returns
// the letter's size.
std::optional<std::size_t> letter_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t size = byte(0) < 0x80 ? 1 : byte(0) >> 5 == 0b110 ? 2 : byte(0) >> 4 == 0b1110 ? 3 : 4;
  if (size == 4 && byte(0) >> 3 != 0b11110) return std::nullopt;
  if (text.size() < size) return std::nullopt;
  std::uint32_t character = size == 1 ? byte(0) : byte(0) & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (byte(i) >> 6 != 0b10) return std::nullopt;
    character = character << 6 | (byte(i) & 0x3f);
  }
  const std::size_t shortest = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  if (size != shortest || (character >= 0xd800 && character < 0xe000) || character > 0x10ffff)
    return std::nullopt;
  return size;
}

bool valid(std::string_view text) {
  while (!text.empty()) {
    const auto size = letter_size(text);
    if (!size) return false;
    text.remove_prefix(*size);
  }
  return true;
}

// Whether more bytes could make it valid. After a lead byte one of 80, 90, A0 is always a right second byte.
bool valid_beginning(const std::string& text) {
  if (valid(text)) return true;
  for (const char second : {'\x80', '\x90', '\xa0'}) {
    std::string longer = text + second;
    for (int more = 0; more < 3; ++more, longer += '\x80') {
      if (valid(longer)) return true;
    }
  }
  return false;
}

// The bytes at which the rules change.
constexpr std::array<std::uint8_t, 25> kBoundaries{0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                                   0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
                                                   0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};

void expect_judged_rightly(const std::string& text) {
  ASSERT_EQ(is_utf8(text), valid(text)) << ::testing::PrintToString(text);
  Utf8Checker checker;
  std::string fed;
  for (const char c : text) {
    fed += c;
    const bool accepted = checker.feed({&c, 1});
    ASSERT_EQ(accepted, valid_beginning(fed)) << ::testing::PrintToString(fed);
    if (!accepted) return;
    ASSERT_EQ(checker.complete(), valid(fed)) << ::testing::PrintToString(fed);
  }
}

TEST(Utf8, IsJudgedByBothAsTheRfcDefinesItForAllPairsOfBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      expect_judged_rightly({static_cast<char>(first), static_cast<char>(second)});
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Utf8, IsJudgedByBothAsTheRfcDefinesItForAllSequencesOfBoundaryBytes) {
  std::string text(4, '\0');
  for (const auto a : kBoundaries) {
    for (const auto b : kBoundaries) {
      for (const auto c : kBoundaries) {
        for (const auto d : kBoundaries) {
          text = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(d)};
          expect_judged_rightly(text);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(Utf8, IsFoundInvalidWhereverTheBadByteStandsInALongText) {
  // The fast check goes in blocks of 16 to 64 bytes: each place in a block, and the tail.
  for (std::size_t place = 0; place < 200; ++place) {
    std::string text(200, 'a');
    text[place] = '\xc0';
    EXPECT_FALSE(is_utf8(text)) << place;
    text[place] = '\xd0';
    EXPECT_FALSE(is_utf8(text)) << place;
    if (place + 1 == text.size()) continue;
    text[place + 1] = '\x9f';
    EXPECT_TRUE(is_utf8(text)) << place;
  }
}

TEST(Utf8Checker, TakesALetterCutAnywhere) {
  const std::string text = "a\u0438\u20ac\U0001f600z";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      Utf8Checker checker;
      EXPECT_TRUE(checker.feed(text.substr(0, first)));
      EXPECT_TRUE(checker.feed(text.substr(first, second - first)));
      EXPECT_TRUE(checker.feed(text.substr(second)));
      EXPECT_TRUE(checker.complete());
    }
  }
}

TEST(Utf8Checker, HoldsNoTextBeforeItIsFed) {
  Utf8Checker checker;
  EXPECT_TRUE(checker.complete());
  EXPECT_TRUE(checker.feed(""));
  EXPECT_TRUE(checker.complete());
}

}  // namespace
}  // namespace zvonok::protocol
