// Against nlohmann's reader, on what people write and on what a mutation makes of it.
#include "notify/json_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <regex>

namespace zvonok::notify {
namespace {

TEST(JsonEscaped, IsReadBackAsItWas) {
  std::string all;
  for (char c = 1; c < '\x7f'; ++c) all += c;
  for (const std::string& text :
       {all, std::string("a\0b", 3), std::string("Код «1» 😀\n\"\\/"), std::string()}) {
    const auto read = nlohmann::json::parse("\"" + json_escaped(text) + "\"");
    EXPECT_EQ(read.get<std::string>(), text);
  }
}

TEST(IsJson, RefusesWhatIsAlmostJson) {
  for (const std::string text : {"",
                                 " ",
                                 "{",
                                 "}",
                                 "{}}",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "{a:1}",
                                 "{'a':1}",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "01",
                                 "+1",
                                 "1.",
                                 ".5",
                                 "1e",
                                 "-",
                                 "nul",
                                 "True",
                                 "\"a",
                                 "\"a\nb\"",
                                 "\"\\x\"",
                                 "\"\\u12\"",
                                 "\"\\",
                                 "[1 2]",
                                 "1 2",
                                 "NaN",
                                 "// x\n1",
                                 "{\"a\":1 \"b\":2}",
                                 "\xef\xbb\xbf{}"})
    EXPECT_FALSE(is_json(text)) << text;
}

TEST(IsJson, TakesWhatIsJson) {
  for (const std::string text :
       {"{}", "[]", " [ 1 , -2.5e+3 , 0 , \"\\u00e9\\n\\/\" , null , true , false ] ", "{\"a\":{\"b\":[{}]}}",
        "\"\"", "0", "{\"a\" : 1 , \"b\" : 2}", "\"код\""})
    EXPECT_TRUE(is_json(text)) << text;
}

TEST(IsJson, RefusesATowerOfBrackets) {
  EXPECT_TRUE(is_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(is_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(is_json(std::string(1'000'000, '[')));
}

TEST(IsJson, AgreesWithAnotherReader) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 dice(seed);
  const std::string whole = R"({"to":"+1","list":[1,-2.5e3,null,true,"\u00e9\\"],"text":"a b","x":{}})";
  // The other reader also looks at halves of surrogate pairs, and refuses numbers that no double holds.
  const std::regex beyond_grammar(R"(\\u[dD]|[eE]\+?[0-9]{3})");
  const std::string letters = "{}[]\",:\\0123-+.eEtrufalsn \n\x01";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole;
    for (auto changes = dice() % 4; changes > 0; --changes) {
      const auto at = dice() % text.size();
      if (dice() % 2 == 0) {
        text[at] = letters[dice() % letters.size()];
      } else {
        text.erase(at, 1 + dice() % 3);
      }
    }
    if (std::regex_search(text, beyond_grammar)) continue;
    ASSERT_EQ(is_json(text), nlohmann::json::accept(text)) << text;
  }
}

}  // namespace
}  // namespace zvonok::notify
