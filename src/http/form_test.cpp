#include "http/form.hpp"

#include <gtest/gtest.h>

#include <string>

namespace zvonok::http {
namespace {

using namespace std::string_literals;

// What Node's URLSearchParams makes of the same text.
TEST(FormDecoded, DecodesAsUrlSearchParamsDoes) {
  EXPECT_EQ(form_decoded("a+b"), "a b");
  EXPECT_EQ(form_decoded("a%2Bb%20c"), "a+b c");
  EXPECT_EQ(form_decoded("%41%4a%4A"), "AJJ");
  EXPECT_EQ(form_decoded("%2E%2e"), "..");
  EXPECT_EQ(form_decoded("%00"), "\0"s);
  EXPECT_EQ(form_decoded("%D0%B6"), "ж");
}

TEST(FormDecoded, LeavesAPercentThatIsNoEscape) {
  for (const auto* text : {"%", "%4", "100%", "%zz", "%4z", "%z4", "%%", "%-1", "% 1"}) {
    EXPECT_EQ(form_decoded(text), text);
  }
  EXPECT_EQ(form_decoded("%%41"), "%A");
  EXPECT_EQ(form_decoded("%2541"), "%41");  // once, not twice
}

TEST(QueryParameter, TakesTheFirstOfItsName) {
  EXPECT_EQ(query_parameter("token=A", "token"), "A");
  EXPECT_EQ(query_parameter("x=1&token=A&token=B", "token"), "A");
  EXPECT_EQ(query_parameter("token=&token=B", "token"), "");
  EXPECT_EQ(query_parameter("token=a=b=", "token"), "a=b=");
  EXPECT_EQ(query_parameter("t%6Fken=A", "token"), "A");
  EXPECT_EQ(query_parameter("&&token=A&", "token"), "A");
  EXPECT_EQ(query_parameter("token=a%26b", "token"), "a&b");
}

TEST(QueryParameter, TellsEmptyFromMissing) {
  EXPECT_EQ(query_parameter("token", "token"), "");
  EXPECT_EQ(query_parameter("token=", "token"), "");
  EXPECT_EQ(query_parameter("", "token"), std::nullopt);
  EXPECT_EQ(query_parameter("Token=A", "token"), std::nullopt);
  EXPECT_EQ(query_parameter("xtoken=A&tokens=B", "token"), std::nullopt);
  EXPECT_EQ(query_parameter("a=token", "token"), std::nullopt);
}

}  // namespace
}  // namespace zvonok::http
