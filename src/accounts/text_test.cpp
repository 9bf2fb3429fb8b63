#include "accounts/text.hpp"

#include <gmock/gmock.h>

namespace zvonok::accounts {
namespace {

TEST(Utf8, RefusesWhatIsNone) {
  for (const std::string bytes :
       {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xe0\x80\xaf", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "a\xffz", "\xf0\x9f\x98", "\xc3\xc3\xa4"})
    EXPECT_FALSE(decode_utf8(bytes)) << ::testing::PrintToString(bytes);
}

TEST(Utf8, IsReadAndWrittenAsItWas) {
  const std::string text("A\u00e4\u0416\u20ac\ufffd\U0001F600\U0010FFFF\0z", 21);
  const auto decoded = decode_utf8(text);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->size(), 9u);
  std::string again;
  for (const char32_t c : *decoded) append_utf8(again, c);
  EXPECT_EQ(again, text);
  EXPECT_EQ(decode_utf8(""), std::u32string());
  for (const char32_t c : {char32_t{0x7F}, char32_t{0x80}, char32_t{0x7FF}, char32_t{0x800}, char32_t{0xD7FF},
                           char32_t{0xE000}, char32_t{0xFFFF}, char32_t{0x10000}}) {
    std::string one;
    append_utf8(one, c);
    EXPECT_EQ(decode_utf8(one), std::u32string(1, c));
  }
}

TEST(Digits, HaveTheirValueInTheirFourForms) {
  for (const char32_t zero : {char32_t{0x30}, char32_t{0xFF10}, char32_t{0x660}, char32_t{0x6F0}}) {
    EXPECT_EQ(digit_value(zero), 0);
    EXPECT_EQ(digit_value(zero + 9), 9);
    EXPECT_EQ(digit_value(zero - 1), std::nullopt);
    EXPECT_EQ(digit_value(zero + 10), std::nullopt);
  }
  EXPECT_EQ(digit_value(0xB2), std::nullopt) << "a superscript";
  EXPECT_EQ(digit_value(0x966), std::nullopt) << "Devanagari, which no keyboard of phones types";
}

TEST(Name, IsRefusedWithControlCharacters) {
  for (const std::string text : {"a\x1b[2J", "a\x07", "a\x7f", "a\u0080", "Anna\u202e", "\u2066Anna",
                                 "A\u200fnna", "\u061cA", "a\u009f"})
    EXPECT_FALSE(tidy_name(text)) << text;
  EXPECT_FALSE(tidy_name(std::string("a\0b", 3)));
  EXPECT_FALSE(tidy_name("\xff"));
}

TEST(Name, HasAtMostEightyCharacters) {
  std::string eighty, bytes;
  for (int i = 0; i < 80; ++i) eighty += "Ж";
  EXPECT_EQ(tidy_name(eighty), eighty);
  EXPECT_FALSE(tidy_name(eighty + "Ж"));
  EXPECT_EQ(tidy_name("  " + eighty + "\n"), eighty) << "what is cut does not count";
  EXPECT_EQ(tidy_name(std::string(80, 'a')), std::string(80, 'a'));
  EXPECT_FALSE(tidy_name(std::string(100'000, 'a')));
}

TEST(Name, IsKeptWithoutBlanksTooMany) {
  EXPECT_EQ(tidy_name(""), "");
  EXPECT_EQ(tidy_name(" \t\r\n\u00a0\u3000"), "");
  EXPECT_EQ(tidy_name("  Анна \t Мария\n"), "Анна Мария");
  EXPECT_EQ(tidy_name("Anna\u00a0\u2003Maria"), "Anna Maria");
  EXPECT_EQ(tidy_name("O'Brien <b>&amp;</b> \"x\" \\ % _"), "O'Brien <b>&amp;</b> \"x\" \\ % _");
}

// Nobody sees them, and with them one name would be two.
TEST(Name, IsKeptWithoutWhatHasNoWidth) {
  EXPECT_EQ(tidy_name("\ufeffAn\u200bna\u200d"), "Anna");
  EXPECT_EQ(tidy_name("An\u200c\u2060na"), "Anna");
  EXPECT_EQ(tidy_name("\u200b\u200b"), "");
  for (const std::string nothing : {"\u00ad", "\u034f", "\u115f", "\u2800", "\u2064", "\u3164", "\ufe0f",
                                    "\uffa0", "\U000e0041", "\U0001d173"})
    EXPECT_EQ(tidy_name("An" + nothing + "\u200bna" + nothing), nothing == "\u2800" ? "An na" : "Anna")
        << nothing;
  EXPECT_EQ(search_key("An\u200bna"), "anna");
}

TEST(SearchKey, IsInLowerCaseOfAllAlphabets) {
  EXPECT_EQ(search_key("ANNA Мария ÄÖÜ ΑΝΝΑ Ժ"), "anna мария äöü αννα ժ");
  EXPECT_EQ(search_key("ß ı 中 \U0001F600"), "ß ı 中 \U0001F600");
  EXPECT_EQ(search_key("100%_\\"), "100%_\\");
}

TEST(SearchKey, TakesYoForYe) {
  EXPECT_EQ(search_key("Алёна Ёжик"), "алена ежик");
  EXPECT_EQ(search_key("Алена"), search_key("АЛЁНА"));
}

TEST(SearchKey, PartsWordsByOneBlank) {
  EXPECT_EQ(search_key("  Anna\t\n\u00a0Maria  "), "anna maria");
  EXPECT_EQ(search_key(""), "");
  EXPECT_EQ(search_key(" \u3000 "), "");
}

TEST(SearchKey, OfWhatIsNoTextIsEmpty) {
  EXPECT_EQ(search_key("ann\xff"), "");
}

}  // namespace
}  // namespace zvonok::accounts
