#include "http/language.hpp"

#include <gtest/gtest.h>

namespace zvonok::http {
namespace {

using ports::Language;

TEST(PreferredLanguage, IsEnglishUnlessRussianIsWantedMore) {
  for (const auto* header :
       {"", "*", "de", "en", "en-GB,ru;q=0.9", "ru;q=0", "ru;q=0.5,en;q=0.5", "rus", ",,;q=1", "ru;q=x"})
    EXPECT_EQ(preferred_language(header), Language::kEnglish) << header;
}

TEST(PreferredLanguage, IsRussianForWhoWantsIt) {
  for (const auto* header : {"ru", "RU", "ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "de, ru;q=0.2",
                             "en;q=0.8, ru ;q=0.95", "ru;q=1.000,en;q=0.999"})
    EXPECT_EQ(preferred_language(header), Language::kRussian) << header;
}

}  // namespace
}  // namespace zvonok::http
