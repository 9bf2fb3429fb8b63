#include "app/log_text.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace zvonok::app {
namespace {

using namespace std::string_literals;
using ports::LogField;
using ports::LogLevel;

std::string text_of(std::string_view value) {
  const std::vector<LogField> fields{{"k", value}};
  return text_line(LogLevel::kInfo, "t", fields).substr(std::string_view("info t k=").size());
}
std::string json_of(std::string_view value) {
  const std::vector<LogField> fields{{"k", value}};
  return json_members(LogLevel::kInfo, "t", fields)
      .substr(std::string_view(R"("level":"info","text":"t","k":)").size());
}

TEST(TextLine, IsLevelTextAndFields) {
  const std::vector<LogField> fields{{"call", std::string_view("7f3a")}, {"devices", std::int64_t{-2}}};
  EXPECT_EQ(text_line(LogLevel::kWarn, "call ended", fields), "warn call ended call=7f3a devices=-2");
  EXPECT_EQ(text_line(LogLevel::kError, "x", {}), "error x");
  EXPECT_EQ(text_line(LogLevel::kDebug, "x", {}), "debug x");
}

TEST(TextLine, QuotesWhatCouldBeTakenForItsEnd) {
  EXPECT_EQ(text_of("plain-1.2:3"), "plain-1.2:3");
  EXPECT_EQ(text_of(""), R"("")");
  EXPECT_EQ(text_of("a b"), R"("a b")");
  EXPECT_EQ(text_of("a=b"), R"("a=b")");
  EXPECT_EQ(text_of("a\"b"), R"("a\"b")");
  EXPECT_EQ(text_of("a\\b"), R"("a\\b")");
}

TEST(TextLine, StaysOneLineWhateverAPeerSends) {
  EXPECT_EQ(text_of("a\nerror forged"), R"("a\nerror forged")");
  EXPECT_EQ(text_of("a\r\t"), R"("a\r\t")");
  EXPECT_EQ(text_of("\x1b[31m"), R"("\u001b[31m")");
  EXPECT_EQ(text_of("a\0b"s), R"("a\u0000b")");
  EXPECT_EQ(text_of("\x7f"), R"("\u007f")");
}

TEST(TextLine, KeepsOtherLanguages) {
  EXPECT_EQ(text_of("Анна"), "Анна");
  EXPECT_EQ(text_of("😀"), "😀");
}

TEST(TextLine, EscapesCharactersThatMoveOrHideText) {
  EXPECT_EQ(text_of("\u202e"), R"("\u202e")");
  EXPECT_EQ(text_of("a\u200bb"), R"("a\u200bb")");
  EXPECT_EQ(text_of("\u0085"), R"("\u0085")");
  EXPECT_EQ(text_of("\u2028"), R"("\u2028")");
  EXPECT_EQ(text_of("\ufeff"), R"("\ufeff")");
}

TEST(TextLine, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(text_of("\xff"), R"("\xff")");
  EXPECT_EQ(text_of("\x80"), R"("\x80")");
  EXPECT_EQ(text_of("\xc0\xaf"), R"("\xc0\xaf")");                  // an overlong slash
  EXPECT_EQ(text_of("\xed\xa0\x80"), R"("\xed\xa0\x80")");          // a surrogate
  EXPECT_EQ(text_of("\xf4\x90\x80\x80"), R"("\xf4\x90\x80\x80")");  // above U+10FFFF
  EXPECT_EQ(text_of("a\xe2\x82"), R"("a\xe2\x82")");                // cut off
  EXPECT_EQ(text_of("\xe0\x80\x80z"), R"("\xe0\x80\x80z")");        // overlong in three bytes
}

TEST(TextLine, CutsAValueAt256Bytes) {
  const std::string most(256, 'x');
  EXPECT_EQ(text_of(most), most);
  EXPECT_EQ(text_of(most + "y"), '"' + most + "…\"");
}

TEST(TextLine, CutsNoCharacterInTwo) {
  const std::string most(255, 'x');
  EXPECT_EQ(text_of(most + "Ж"), '"' + most + "…\"");
  EXPECT_EQ(text_of(most.substr(2) + "😀"), '"' + most.substr(2) + "…\"");
  EXPECT_EQ(text_of(most.substr(1) + "Ж"), most.substr(1) + "Ж");
}

TEST(TextLine, CutsBytesThatAreNoCharactersToo) {
  const auto line = text_of(std::string(300, '\x80'));
  EXPECT_LE(line.size(), 256 * 4 + 5U);
  EXPECT_GE(line.size(), 250 * 4U);
  EXPECT_TRUE(line.ends_with("…\""));
}

TEST(JsonMembers, AreLevelTextAndFields) {
  const std::vector<LogField> fields{{"call", std::string_view("7f3a")}, {"devices", std::int64_t{-2}}};
  EXPECT_EQ(json_members(LogLevel::kWarn, "call ended", fields),
            R"("level":"warn","text":"call ended","call":"7f3a","devices":-2)");
}

TEST(JsonMembers, AreValidJsonWhateverAPeerSends) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_of("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(json_of("a\0b\x1f"s), R"("a\u0000b\u001f")");
  EXPECT_EQ(json_of("Анна"), R"("Анна")");
  EXPECT_EQ(json_of("\xff"), R"("\\xff")");
  EXPECT_EQ(json_of(std::string(300, 'x')), '"' + std::string(256, 'x') + "…\"");
}

}  // namespace
}  // namespace zvonok::app
