#include "auth/base64url.hpp"

#include <gtest/gtest.h>

namespace zvonok::auth {
namespace {

using namespace std::string_literals;

TEST(Base64Url, EncodesTheVectorsOfRfc4648WithoutPadding) {
  EXPECT_EQ(base64url_encode(""), "");
  EXPECT_EQ(base64url_encode("f"), "Zg");
  EXPECT_EQ(base64url_encode("fo"), "Zm8");
  EXPECT_EQ(base64url_encode("foo"), "Zm9v");
  EXPECT_EQ(base64url_encode("foob"), "Zm9vYg");
  EXPECT_EQ(base64url_encode("fooba"), "Zm9vYmE");
  EXPECT_EQ(base64url_encode("foobar"), "Zm9vYmFy");
}

TEST(Base64Url, HasTheExampleOfRfc7515AppendixC) {
  EXPECT_EQ(base64url_encode("\x03\xec\xff\xe0\xc1"), "A-z_4ME");
  EXPECT_EQ(base64url_decode("A-z_4ME"), "\x03\xec\xff\xe0\xc1");
}

TEST(Base64Url, DecodesWhatItEncodedForEveryByteAndLength) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
    bytes.push_back(static_cast<char>(255 - i));
  }
}

TEST(Base64Url, RefusesALengthThatNoEncoderMakes) {
  EXPECT_FALSE(base64url_decode("A"));
  EXPECT_FALSE(base64url_decode("AAAAA"));
}

TEST(Base64Url, RefusesPaddingAndTheOtherAlphabet) {
  for (const char* text : {"Zg==", "Zg=", "Zm8=", "Zm9v=", "A+z_4ME", "A-z/4ME", "Zm9 v", "Zm9v\n", " Zm9v",
                           "Zm.v", "Zm9\xc3"}) {
    EXPECT_FALSE(base64url_decode(text)) << text;
  }
  EXPECT_FALSE(base64url_decode("Zm9v\0AAA"s));
}

TEST(Base64Url, TakesOneTextOnlyForEachSequenceOfBytes) {
  // Goal: no two texts decode to the same bytes. Method: all 4,096 texts of two characters and all ends of
  // three.
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int accepted = 0;
  for (const char first : alphabet) {
    for (const char second : alphabet) {
      const std::string two{first, second};
      if (const auto bytes = base64url_decode(two)) {
        ++accepted;
        EXPECT_EQ(base64url_encode(*bytes), two);
      }
      const std::string three{'Z', first, second};
      if (const auto bytes = base64url_decode(three)) {
        ++accepted;
        EXPECT_EQ(base64url_encode(*bytes), three);
      }
    }
  }
  EXPECT_EQ(accepted, 256 + 16 * 64);  // one byte; two bytes whose first six bits are those of 'Z'
}

}  // namespace
}  // namespace zvonok::auth
